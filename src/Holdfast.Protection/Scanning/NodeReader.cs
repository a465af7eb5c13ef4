using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Scanning;

/// <summary>Makes nodes of what is on the disk, as restic makes them.</summary>
/// <param name="zone">The zone that times are written in: restic takes the machine's.</param>
/// <param name="withAccessTime">Whether the time of access is recorded; without it that of modification stands in, so that reading changes no tree.</param>
internal sealed class NodeReader(TimeZoneInfo zone, bool withAccessTime)
{
    private readonly AccountNames _names = new();

    // A zone without rules has one offset for all times: no need to ask it for each.
    private readonly TimeZoneInfo _zone = zone.BaseUtcOffset == TimeSpan.Zero && !zone.SupportsDaylightSavingTime && zone.GetAdjustmentRules().Length == 0 ? TimeZoneInfo.Utc : zone;

    /// <summary>A node without content or subtree.</summary>
    /// <exception cref="LinuxError">The link or the attributes cannot be read.</exception>
    public Node Read(LinuxPath path, string name, in FileStat stat) => Make(name, stat,
        stat.Type == NodeType.SymbolicLink ? [] : ExtendedAttributes.Of(path),
        stat.Type == NodeType.SymbolicLink ? SymbolicLink.Read(path) : "", null, stat.Size);

    /// <summary>A file whose content is known.</summary>
    public Node ReadFile(IReadOnlyList<ExtendedAttribute> attributes, string name, in FileStat stat, IReadOnlyList<BlobId> content, ulong size) =>
        Make(name, stat, attributes, "", content, size);

    private Node Make(string name, in FileStat stat, IReadOnlyList<ExtendedAttribute> attributes, string target, IReadOnlyList<BlobId>? content, ulong size)
    {
        var type = stat.Type;
        var modified = NodeTime.In(_zone, stat.Modified.Seconds, stat.Modified.Nanoseconds);
        return new()
        {
            Name = name,
            Type = type,
            Mode = NodeMode.FromLinux(stat.Mode),
            ModifiedAt = modified,
            AccessedAt = withAccessTime ? NodeTime.In(_zone, stat.Accessed.Seconds, stat.Accessed.Nanoseconds) : modified,
            ChangedAt = NodeTime.In(_zone, stat.Changed.Seconds, stat.Changed.Nanoseconds),
            Uid = stat.Uid,
            Gid = stat.Gid,
            User = _names.User(stat.Uid),
            Group = _names.Group(stat.Gid),
            Inode = stat.Inode,
            DeviceId = stat.Device,
            Size = type == NodeType.File ? size : 0,
            Links = type is NodeType.Directory or NodeType.Fifo or NodeType.Socket ? 0 : stat.Links,
            LinkTarget = target,
            ExtendedAttributes = attributes,
            Device = type is NodeType.BlockDevice or NodeType.CharacterDevice ? stat.DeviceNumber : 0,
            Content = content,
        };
    }
}
