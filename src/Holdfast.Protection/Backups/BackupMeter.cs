namespace Holdfast.Protection.Backups;

/// <summary>Counts while a run goes on; whoever shows it asks now and then.</summary>
public sealed class BackupMeter(TimeProvider time)
{
    private readonly long _startedAt = time.GetTimestamp();
    private long _files;
    private long _bytes;
    private long _totalFiles;
    private long _totalBytes;
    private long _issues;
    private volatile bool _totalsAreKnown;
    private volatile string? _current;

    /// <summary>Gets how far it is.</summary>
    public BackupProgress Read() => new()
    {
        Elapsed = time.GetElapsedTime(_startedAt),
        FilesDone = Interlocked.Read(ref _files),
        BytesDone = Interlocked.Read(ref _bytes),
        TotalFiles = Interlocked.Read(ref _totalFiles),
        TotalBytes = Interlocked.Read(ref _totalBytes),
        TotalsAreKnown = _totalsAreKnown,
        Issues = Interlocked.Read(ref _issues),
        CurrentPath = _current,
    };

    internal void Begin(string path) => _current = path;

    internal void AddFile() => Interlocked.Increment(ref _files);

    internal void AddBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

    internal void AddIssue() => Interlocked.Increment(ref _issues);

    internal void AddToTotal(long bytes)
    {
        Interlocked.Increment(ref _totalFiles);
        Interlocked.Add(ref _totalBytes, bytes);
    }

    internal void KnowTotals() => _totalsAreKnown = true;
}
