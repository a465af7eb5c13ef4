using Holdfast.Protection.Patterns;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Backups;

/// <summary>What a backup of trees is asked to do.</summary>
public sealed record BackupRequest
{
    /// <summary>Gets what to back up; at least one.</summary>
    public required IReadOnlyList<BackupSource> Sources { get; init; }

    /// <summary>Gets what is left out.</summary>
    public SourceFilter Filter { get; init; } = SourceFilter.None;

    /// <summary>Gets the root tree of the snapshot before: what did not change since is not read.</summary>
    /// <value>The default is null: everything is read.</value>
    public BlobId? Parent { get; init; }

    /// <summary>Gets where a run that was cut off had come to.</summary>
    public BackupCheckpoint? Resume { get; init; }

    /// <summary>Gets the zone that times are recorded in. It must stay the same, or every tree changes.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Local;

    /// <summary>Gets whether times of access are recorded.</summary>
    public bool WithAccessTime { get; init; }

    /// <summary>Gets whether a file counts as unchanged when only its inode's number is another (FUSE); implies <see cref="IgnoreChangeTime"/>.</summary>
    public bool IgnoreInode { get; init; }

    /// <summary>Gets whether a file counts as unchanged when only its inode's time of change is another.</summary>
    public bool IgnoreChangeTime { get; init; }

    /// <summary>Gets how many files are read at once; each takes 8 MiB.</summary>
    /// <value>The default is the number of processors, at least 2; from 1 to 64.</value>
    public int Readers { get; init => field = value is >= 1 and <= 64 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "from 1 to 64"); } = Math.Clamp(Environment.ProcessorCount, 2, 64);

    /// <summary>Gets how many bytes at most are read again after a run was cut off.</summary>
    /// <value>The default is null: no checkpoints, which cost some small packs. At least 24 MiB, three chunks.</value>
    public long? CheckpointBytes { get; init => field = value is null or >= 24 * 1024 * 1024 ? value : throw new ArgumentOutOfRangeException(nameof(value), value, "at least 24 MiB"); }

    /// <summary>Gets who takes the checkpoints; the vault has everything up to there when it is called. Called by one thread at a time.</summary>
    public Func<BackupCheckpoint, CancellationToken, ValueTask>? OnCheckpoint { get; init; }

    /// <summary>Gets who is told of what went wrong with single files. Called by several threads.</summary>
    public Action<FileIssue>? OnIssue { get; init; }

    /// <summary>Gets what was begun to be looked at before the backup; whoever began it ends it.</summary>
    /// <value>The default is null: the backup looks itself.</value>
    public EarlyScan? Scan { get; init; }

    /// <summary>Gets whether files are counted first, beside the reading, so that the rest can be estimated.</summary>
    public bool CountTotals { get; init; }
}
