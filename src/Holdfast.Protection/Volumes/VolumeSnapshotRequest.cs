using Holdfast.Protection.Backups;
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

    /// <summary>Gets the job that it is a run of; the states that it keeps carry the name.</summary>
    /// <value>The default is null: one for each vault.</value>
    public string? Job { get; init; }

    /// <summary>Gets the run of the job. One that is gone on with has the id it had.</summary>
    /// <value>The default is null: a new one.</value>
    public string? Run { get; init; }

    /// <summary>Gets where an attempt before had come to.</summary>
    public ImageCheckpoint? Resume { get; init; }

    /// <summary>Gets who keeps checkpoints; null when nobody will go on.</summary>
    public Func<ImageCheckpoint, CancellationToken, Task>? OnCheckpoint { get; init; }

    /// <summary>Gets what writes the snapshot.</summary>
    public SnapshotRecorder Recorder { get; init; } = new();

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
