using Holdfast.Vault.Blobs;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Backups;

/// <summary>What a backup counted.</summary>
public sealed class BackupCounts
{
    private long _filesNew, _filesChanged, _filesUnmodified, _directoriesNew, _directoriesChanged, _directoriesUnmodified;
    private long _dataBlobs, _treeBlobs, _addedBytes, _addedPackedBytes, _processedBytes, _readBytes, _reusedHoleBytes;

    public long FilesNew => Interlocked.Read(ref _filesNew);

    public long FilesChanged => Interlocked.Read(ref _filesChanged);

    public long FilesUnmodified => Interlocked.Read(ref _filesUnmodified);

    public long DirectoriesNew => Interlocked.Read(ref _directoriesNew);

    public long DirectoriesChanged => Interlocked.Read(ref _directoriesChanged);

    public long DirectoriesUnmodified => Interlocked.Read(ref _directoriesUnmodified);

    public long DataBlobs => Interlocked.Read(ref _dataBlobs);

    public long TreeBlobs => Interlocked.Read(ref _treeBlobs);

    /// <summary>Gets the bytes of new blobs.</summary>
    public long AddedBytes => Interlocked.Read(ref _addedBytes);

    /// <summary>Gets what they take in the vault.</summary>
    public long AddedPackedBytes => Interlocked.Read(ref _addedPackedBytes);

    /// <summary>Gets the bytes of all files in the snapshot.</summary>
    public long ProcessedBytes => Interlocked.Read(ref _processedBytes);

    /// <summary>Gets the bytes that were read from files.</summary>
    public long ReadBytes => Interlocked.Read(ref _readBytes);

    /// <summary>Gets the bytes of holes that were not read.</summary>
    public long HoleBytes => Interlocked.Read(ref _reusedHoleBytes);

    public long Files => FilesNew + FilesChanged + FilesUnmodified;

    /// <summary>As a snapshot records it.</summary>
    public SnapshotSummary ToSummary(DateTimeOffset start, DateTimeOffset end) => new()
    {
        BackupStart = start, BackupEnd = end,
        FilesNew = FilesNew, FilesChanged = FilesChanged, FilesUnmodified = FilesUnmodified,
        DirsNew = DirectoriesNew, DirsChanged = DirectoriesChanged, DirsUnmodified = DirectoriesUnmodified,
        DataBlobs = DataBlobs, TreeBlobs = TreeBlobs, DataAdded = AddedBytes, DataAddedPacked = AddedPackedBytes,
        TotalFilesProcessed = Files, TotalBytesProcessed = ProcessedBytes,
    };

    internal void AddFile(bool isNew, bool isChanged, long bytes)
    {
        Interlocked.Increment(ref isNew ? ref _filesNew : ref isChanged ? ref _filesChanged : ref _filesUnmodified);
        Interlocked.Add(ref _processedBytes, bytes);
    }

    internal void AddDirectory(bool isNew, bool isChanged) =>
        Interlocked.Increment(ref isNew ? ref _directoriesNew : ref isChanged ? ref _directoriesChanged : ref _directoriesUnmodified);

    internal void AddBlob(BlobKind kind, SavedBlob saved, int length)
    {
        if (!saved.IsNew) return;
        Interlocked.Increment(ref kind == BlobKind.Tree ? ref _treeBlobs : ref _dataBlobs);
        Interlocked.Add(ref _addedBytes, length);
        Interlocked.Add(ref _addedPackedBytes, saved.AddedBytes);
    }

    internal void AddRead(long bytes) => Interlocked.Add(ref _readBytes, bytes);

    internal void AddHole(long bytes) => Interlocked.Add(ref _reusedHoleBytes, bytes);
}
