using Holdfast.Protection.Hooks;
using Holdfast.Protection.Images;
using Holdfast.Protection.VolumeSnapshots;

namespace Holdfast.Protection.Volumes;

/// <summary>A backup of one volume that ends in a snapshot.</summary>
public sealed record VolumeSnapshotRequest
{
    /// <summary>Gets the block device or the image file.</summary>
    public required string Path { get; init; }

    /// <summary>Gets the volume's id: its chain is found by it, whoever backed it up before.</summary>
    /// <value>The default is null: as <see cref="VolumeIdentity"/> finds it out.</value>
    public string? Volume { get; init; }

    /// <summary>Gets the machine, or the volume's name, to be recorded.</summary>
    public required string Host { get; init; }

    /// <summary>Gets the tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the time to be recorded.</summary>
    /// <value>The default is null: when it begins.</value>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Gets the snapshot before, as people name it.</summary>
    /// <value>The default is null: the latest of the same volume.</value>
    public string? Parent { get; init; }

    /// <summary>Gets whether everything is read, and compared with what the file system says has changed.</summary>
    public bool ReadAll { get; init; }

    /// <summary>Gets where freezes are noted; null never freezes.</summary>
    public FreezeNotes? FreezeNotes { get; init; }

    /// <summary>Gets the commands before and after.</summary>
    public HookCommands Hooks { get; init; } = new();

    /// <summary>Gets who is told of progress; null for nobody.</summary>
    public IProgress<ImageProgress>? Progress { get; init; }

    /// <summary>Gets who is told of what does not stop the backup and should be known.</summary>
    public Action<string>? OnWarning { get; init; }
}
