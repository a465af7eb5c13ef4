using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Trees;

/// <summary>One entry of a directory, as restic records it. Names and link targets are <see cref="ByteText"/>.</summary>
public sealed record Node
{
    /// <summary>Gets its name in its directory.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what it is.</summary>
    public required NodeType Type { get; init; }

    /// <summary>Gets the permissions and more; see <see cref="NodeMode"/>.</summary>
    public uint Mode { get; init; }

    /// <summary>Gets when its content was changed.</summary>
    public NodeTime ModifiedAt { get; init; }

    /// <summary>Gets when it was read; restic records the time of modification unless asked.</summary>
    public NodeTime AccessedAt { get; init; }

    /// <summary>Gets when the inode was changed.</summary>
    public NodeTime ChangedAt { get; init; }

    /// <summary>Gets the owner.</summary>
    public uint Uid { get; init; }

    /// <summary>Gets the group.</summary>
    public uint Gid { get; init; }

    /// <summary>Gets the owner's name where it was saved; empty when it had none.</summary>
    public string User { get; init; } = "";

    /// <summary>Gets the group's name where it was saved; empty when it had none.</summary>
    public string Group { get; init; } = "";

    /// <summary>Gets the inode's number.</summary>
    public ulong Inode { get; init; }

    /// <summary>Gets the device that the inode is on.</summary>
    public ulong DeviceId { get; init; }

    /// <summary>Gets a file's length in bytes.</summary>
    public ulong Size { get; init; }

    /// <summary>Gets how many names the inode had; 0 for directories and fifos.</summary>
    public ulong Links { get; init; }

    /// <summary>Gets where a symbolic link leads.</summary>
    public string LinkTarget { get; init; } = "";

    /// <summary>Gets the extended attributes, in the order in which the file system listed them.</summary>
    public IReadOnlyList<ExtendedAttribute> ExtendedAttributes { get; init; } = [];

    /// <summary>Gets the number of a device node.</summary>
    public ulong Device { get; init; }

    /// <summary>Gets a file's blobs in order; null for what is no file.</summary>
    public IReadOnlyList<BlobId>? Content { get; init; }

    /// <summary>Gets a directory's tree.</summary>
    public BlobId? Subtree { get; init; }

    /// <summary>Gets what went wrong when it was saved; empty mostly.</summary>
    public string Error { get; init; } = "";

    /// <summary>Gets the type's text when it is <see cref="NodeType.Unknown"/>.</summary>
    internal string? UnknownType { get; init; }

    /// <summary>Gets <c>generic_attributes</c> as it was read (Windows'): kept, not used.</summary>
    internal byte[]? GenericAttributes { get; init; }

    /// <summary>Gets keys that this program does not know, as <c>,"key":value</c> each: kept, not used.</summary>
    internal byte[]? UnknownKeys { get; init; }

    /// <summary>Whether both say the same, so that a tree with the one is the tree with the other. What this program does not know is never the same.</summary>
    public bool IsSame(Node other) =>
        Name == other.Name && Type == other.Type && Mode == other.Mode && ModifiedAt == other.ModifiedAt && AccessedAt == other.AccessedAt && ChangedAt == other.ChangedAt
        && Uid == other.Uid && Gid == other.Gid && User == other.User && Group == other.Group && Inode == other.Inode && DeviceId == other.DeviceId
        && Size == other.Size && Links == other.Links && LinkTarget == other.LinkTarget && Device == other.Device && Subtree == other.Subtree && Error == other.Error
        && (UnknownType, GenericAttributes, UnknownKeys, other.UnknownType, other.GenericAttributes, other.UnknownKeys) is (null, null, null, null, null, null)
        && HasSameContent(other.Content) && HasSameAttributes(other.ExtendedAttributes);

    private bool HasSameContent(IReadOnlyList<BlobId>? other) =>
        ReferenceEquals(Content, other) || (Content is { } content && other is not null && content.SequenceEqual(other));

    private bool HasSameAttributes(IReadOnlyList<ExtendedAttribute> other) =>
        ExtendedAttributes.Count == other.Count && (other.Count == 0 || ExtendedAttributes.Zip(other).All(pair => pair.First.Name == pair.Second.Name && pair.First.Value.AsSpan().SequenceEqual(pair.Second.Value)));
}
