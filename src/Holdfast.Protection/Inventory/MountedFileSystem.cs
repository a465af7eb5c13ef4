namespace Holdfast.Protection.Inventory;

/// <summary>A mount as <c>findmnt</c> describes it.</summary>
internal sealed record MountedFileSystem
{
    public required string Target { get; init; }

    /// <summary>Gets the device, without the folder that findmnt adds for bind mounts and subvolumes.</summary>
    public required string Source { get; init; }

    public required string FileSystem { get; init; }

    public string Root { get; init; } = "/";

    public IReadOnlyList<string> Options { get; init; } = [];

    public long? Bytes { get; init; }

    public long? UsedBytes { get; init; }

    public long? FreeBytes { get; init; }

    public string? Uuid { get; init; }

    public string? Label { get; init; }

    /// <summary>From <c>findmnt --json --bytes --list --real</c>.</summary>
    /// <exception cref="HoldfastException"><c>inventory.unreadable</c>.</exception>
    public static IReadOnlyList<MountedFileSystem> Parse(string findmnt)
    {
        var mounts = new List<MountedFileSystem>();
        if (string.IsNullOrWhiteSpace(findmnt)) return mounts; // It says nothing at all when there is no mount.
        ToolJson.ForEach("findmnt", findmnt, "filesystems", node =>
        {
            if (node.Text("target") is not { } target || node.Text("source") is not { } source) return;
            mounts.Add(new()
            {
                Target = target,
                Source = source.Split('[', 2)[0],
                FileSystem = node.Text("fstype") ?? "unknown",
                Root = node.Text("fsroot") ?? "/",
                Options = node.Text("options")?.Split(',') ?? [],
                Bytes = node.Number("size"),
                UsedBytes = node.Number("used"),
                FreeBytes = node.Number("avail"),
                Uuid = node.Text("uuid"),
                Label = node.Text("label"),
            });
        });
        return mounts;
    }
}
