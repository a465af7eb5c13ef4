using Holdfast.Protection.Hooks;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Backups;

/// <summary>A backup that ends in a snapshot.</summary>
public sealed record SnapshotRequest
{
    /// <summary>Gets what is backed up. Its parent is chosen from the snapshots, unless <see cref="Force"/>.</summary>
    public required BackupRequest Trees { get; init; }

    /// <summary>Gets the machine, or the volume's name.</summary>
    public required string Host { get; init; }

    /// <summary>Gets the tags.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Gets the patterns, to be recorded.</summary>
    public IReadOnlyList<string> Excludes { get; init; } = [];

    /// <summary>Gets the time to be recorded.</summary>
    /// <value>The default is null: when it begins.</value>
    public DateTimeOffset? Time { get; init; }

    /// <summary>Gets the snapshot before, as people name it.</summary>
    /// <value>The default is null: the latest of the same host and paths.</value>
    public string? Parent { get; init; }

    /// <summary>Gets whether everything is read, whatever was saved before.</summary>
    public bool Force { get; init; }

    /// <summary>Gets whether nothing is written.</summary>
    public bool DryRun { get; init; }

    /// <summary>Gets a stream to be saved as the file of <see cref="StreamName"/> instead of trees.</summary>
    public Stream? Stream { get; init; }

    /// <summary>Gets that file's name.</summary>
    /// <value>The default is <c>stdin</c>.</value>
    public string StreamName { get; init; } = "stdin";

    /// <summary>Gets the commands before and after.</summary>
    public HookCommands Hooks { get; init; } = new();

    /// <summary>Gets what else restic has no field for; type, delta and used are added.</summary>
    public SnapshotFacts Facts { get; init; } = SnapshotFacts.None;
}
