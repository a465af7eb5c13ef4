using Holdfast.Protection.Images;
using Holdfast.Protection.VolumeSnapshots;

namespace Holdfast.Protection.Volumes;

/// <summary>How a volume is backed up.</summary>
public sealed record VolumeBackupOptions
{
    /// <summary>Gets the job; its snapshots carry the name.</summary>
    /// <value>The default is <c>manual</c>.</value>
    public string Job { get; init; } = "manual";

    /// <summary>Gets the run of the job. A run that is taken up again has the id it had.</summary>
    public required string Run { get; init; }

    /// <summary>Gets every which backup reads everything and compares it with the map of changed blocks.</summary>
    /// <value>The default is 30; 0 never by itself.</value>
    public int AuditEvery { get; init; } = 30;

    /// <summary>Gets whether this backup reads everything and compares.</summary>
    public bool Audit { get; init; }

    /// <summary>Gets whether blocks that the file system has free are left out where they are known: they are zero in the image.</summary>
    /// <value>The default is true.</value>
    public bool SkipFreeBlocks { get; init; } = true;

    /// <summary>Gets where notes of freezes are kept; null never freezes.</summary>
    public FreezeNotes? FreezeNotes { get; init; }

    /// <summary>Gets how long a file system may be frozen.</summary>
    /// <value>The default is 30 seconds; a backup that is not done then fails.</value>
    public TimeSpan FreezeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets where an interrupted run of the same id had come to.</summary>
    public ImageCheckpoint? Resume { get; init; }

    /// <summary>Gets how the image is written.</summary>
    public ImageBackupOptions Image { get; init; } = new();
}
