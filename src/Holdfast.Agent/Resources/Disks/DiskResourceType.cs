using System.ComponentModel;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Disks;

/// <summary><c>disk</c>: a shared disk, mounted on the node that has the role.</summary>
internal sealed class DiskResourceType : IResourceType
{
    public const string TypeName = "disk";

    public string Name => TypeName;

    public IReadOnlyList<PropertyRule> Properties { get; } =
    [
        new("device", PropertyShape.Text, Required: true, "The device: UUID=…, a path under /dev, or an image file."),
        new("target", PropertyShape.Text, Required: true, "The folder that it is mounted on."),
        new("filesystem", PropertyShape.Text, Required: false, "The type of file system. The default is what is on the disk."),
        new("options", PropertyShape.Text, Required: false, "Mount options, separated by commas. For ext2, ext3 and ext4 errors=remount-ro is added unless errors= is given, so that damage is noticed."),
        new("fsck", PropertyShape.Text, Required: false,
            "When ext2, ext3 and ext4 are checked before mounting: when-dirty (the default: marked as damaged, no journal and not unmounted, or the mount count says so; a mere crash needs only the journal replay of the mount), always or never.", InPlace: true),
        new("fence", PropertyShape.Text, Required: false,
            "What keeps a lost owner from writing to the disk: operator (the default: after an owner was lost without being seen to finish, the role waits until somebody confirms that it is off) or lease (its own leash ends it by the lease's deadline; choose it only when a kernel that still writes after that is a risk you accept).", InPlace: true),
    ];

    /// <summary>Whether, after an owner was lost, a role with this disk must wait for an operator's word (leases rule 15).</summary>
    public static bool NeedsConfirmedEnd(ResourceSpec disk) => disk.Text("fence") is not "lease";

    public IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource)
    {
        foreach (var problem in ResourceProperties.CheckAbsolutePath(role, resource, "target")) yield return problem;
        foreach (var problem in ResourceProperties.CheckChoice(role, resource, "fsck", "when-dirty", "always", "never")) yield return problem;
        foreach (var problem in ResourceProperties.CheckChoice(role, resource, "fence", "operator", "lease")) yield return problem;

        if (resource.Text("target") is "/") yield return new(ResourceProperties.PathOf(role, resource, "target"), "is /, which the node itself needs; choose a folder.");
        if (resource.Text("device") is { } device)
        {
            var path = ResourceProperties.PathOf(role, resource, "device");
            if (BlockDevices.IsUuid(device, out var uuid))
            {
                if (uuid.Length == 0 || uuid.Contains('/', StringComparison.Ordinal)) yield return new(path, $"'{device}' is not UUID=… as blkid shows it.");
            }
            else if (!device.StartsWith('/'))
            {
                yield return new(path, $"is '{device}'; it must be UUID=…, a path under /dev or an image file's absolute path.");
            }
        }

        if (resource.Text("options") is { } options && options.Any(char.IsWhiteSpace))
            yield return new(ResourceProperties.PathOf(role, resource, "options"), "contains a space; separate mount options with commas.");
        if (resource.Text("fsck") is "always" && resource.Text("filesystem") is { } fileSystem && !fileSystem.StartsWith("ext", StringComparison.Ordinal))
            yield return new(ResourceProperties.PathOf(role, resource, "fsck"), $"is always, but {fileSystem} is checked by its own mount; leave it out.");

        if (resource.Text("target") is { } target && role.Resources.Any(other => other != resource && other.Type == Name && other.Text("target")?.TrimEnd('/') == target.TrimEnd('/')))
            yield return new(ResourceProperties.PathOf(role, resource, "target"), $"{target} is the target of another disk of this role too.");
    }

    public async Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken)
    {
        var problems = new List<SpecProblem>();
        var (declared, target) = (resource.RequiredText("device"), resource.RequiredText("target"));
        if (File.Exists(target)) problems.Add(new(ResourceProperties.PathOf(role, resource, "target"), $"{target} is a file on node {context.Node}; it must be a folder."));

        var path = ResourceProperties.PathOf(role, resource, "device");
        if (await BlockDevices.FindAsync(declared, cancellationToken) is not { } device)
            return [.. problems, new(path, $"node {context.Node} has no device {declared}; see 'lsblk --fs' there.")];

        DiskHeader header;
        try
        {
            header = DiskHeader.Read(device);
        }
        catch (Win32Exception error)
        {
            return [.. problems, new(path, $"{error.Message} on node {context.Node}.")];
        }

        var fileSystem = header.FileSystem ?? await BlockDevices.FileSystemTypeAsync(device, cancellationToken);
        if (fileSystem is null) return [.. problems, new(path, $"{device} has no file system; make one first, such as 'mkfs.ext4 {device}'.")];
        if (resource.Text("filesystem") is { } wanted && wanted != fileSystem)
            problems.Add(new(ResourceProperties.PathOf(role, resource, "filesystem"), $"is {wanted}, but {device} holds {fileSystem}."));

        // A disk of a role is mounted by the role's owner; on any other node, or by hand, it must not be mounted.
        var isOurs = context.HeldHere.Any(held => held.Kind == UnitKind.Mount && held.Role == role.Name.Value);
        var mount = FindMount(device);
        if (mount is not null && !isOurs)
            problems.Add(new(path, $"{device} is mounted on {mount.Target} of node {context.Node}, not by this role; unmount it there and take it out of /etc/fstab."));

        var uuid = header.Uuid.Length > 0 ? header.Uuid : await BlockDevices.UuidAsync(device, cancellationToken) ?? "";
        var isKnown = context.Present?.Resources.Any(present => present.Type == Name && present.Text("device") == declared) ?? false;
        if (!isKnown && !isOurs && uuid.Length > 0 && await context.Peers.WhoMountsAsync(uuid, cancellationToken) is { } elsewhere)
            problems.Add(new(path, $"the file system of {declared} is mounted on {elsewhere.Target} of node {elsewhere.Node}; unmount it there first."));

        return problems;
    }

    public IResource Create(ResourceContext context) => new DiskResource(context, ResourceDigest.Of(this, context.Resource));

    internal static MountedFileSystem? FindMount(string device)
    {
        var block = BlockDevices.IsImage(device) ? BlockDevices.LoopOf(device) : BlockDevices.Resolve(device);
        if (block is null) return null;

        // btrfs shows a number of its own; then the device's name has to do.
        var number = BlockDevices.NumberOf(block);
        return MountTable.Read().FirstOrDefault(mounted => mounted.DeviceNumber == number
            || (mounted.Device.StartsWith("/dev/", StringComparison.Ordinal) && BlockDevices.Resolve(mounted.Device) == block));
    }
}
