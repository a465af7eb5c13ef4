namespace Holdfast.Protection.Images;

/// <summary>How an image is backed up.</summary>
public sealed record ImageBackupOptions
{
    /// <summary>Gets how many threads read, hash, compress and encrypt.</summary>
    /// <value>The default is the number of processors; from 1 to 16.</value>
    public int Workers { get; init => field = Math.Clamp(value, 1, 16); } = Math.Clamp(Environment.ProcessorCount, 1, 16);

    /// <summary>Gets the most that is read again after a failover, in bytes.</summary>
    /// <value>The default is 64 MiB; a checkpoint is made when half of it was stored.</value>
    public long CheckpointBytes { get; init; } = 64 << 20;

    /// <summary>Gets who keeps checkpoints; null when nobody will resume.</summary>
    public Func<ImageCheckpoint, CancellationToken, Task>? OnCheckpoint { get; init; }

    /// <summary>Gets who is told of progress, after each stretch that was stored.</summary>
    public IProgress<ImageProgress>? Progress { get; init; }
}
