namespace Holdfast.Protection.Backups;

/// <summary>How far a run is.</summary>
public sealed record BackupProgress
{
    /// <summary>Gets how long it has been running.</summary>
    public TimeSpan Elapsed { get; init; }

    public long FilesDone { get; init; }

    public long BytesDone { get; init; }

    /// <summary>Gets how many files there are, as far as known.</summary>
    public long TotalFiles { get; init; }

    /// <summary>Gets how many bytes there are, as far as known.</summary>
    public long TotalBytes { get; init; }

    /// <summary>Gets whether the totals are counted to the end.</summary>
    public bool TotalsAreKnown { get; init; }

    public long Issues { get; init; }

    /// <summary>Gets what is being read.</summary>
    public string? CurrentPath { get; init; }

    /// <summary>Gets the bytes done per second so far.</summary>
    public double BytesPerSecond => Elapsed > TimeSpan.Zero ? BytesDone / Elapsed.TotalSeconds : 0;

    /// <summary>Gets how long it will take yet, when that can be said.</summary>
    public TimeSpan? Remaining => TotalsAreKnown && BytesDone > 0 && TotalBytes >= BytesDone && BytesPerSecond > 0
        ? TimeSpan.FromSeconds(Math.Min((TotalBytes - BytesDone) / BytesPerSecond, TimeSpan.FromDays(365).TotalSeconds)) : null;
}
