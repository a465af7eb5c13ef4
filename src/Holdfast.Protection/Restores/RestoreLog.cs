using Holdfast.Protection.Backups;

namespace Holdfast.Protection.Restores;

/// <summary>Counts what a restore does, and tells of it.</summary>
internal sealed class RestoreLog(RestoreRequest request, BackupMeter meter)
{
    private long _files, _bytes, _written, _deleted, _verified, _failures;

    public RestoreResult Result => new(
        Interlocked.Read(ref _files), Interlocked.Read(ref _bytes), Interlocked.Read(ref _written), Interlocked.Read(ref _deleted), Interlocked.Read(ref _verified), Interlocked.Read(ref _failures));

    public void Tell(string path, RestoreActionKind kind, long bytes) => request.OnAction?.Invoke(new(path, kind, bytes));

    public void AddFile(long bytes)
    {
        Interlocked.Increment(ref _files);
        Interlocked.Add(ref _bytes, bytes);
        meter.AddFile();
        meter.AddBytes(bytes);
    }

    public void AddWritten(long bytes) => Interlocked.Add(ref _written, bytes);

    public void AddDeleted(long things) => Interlocked.Add(ref _deleted, things);

    public void AddVerified() => Interlocked.Increment(ref _verified);

    public void Report(string path, FileIssueKind kind, string message)
    {
        Interlocked.Increment(ref _failures);
        meter.AddIssue();
        request.OnIssue?.Invoke(new(path, kind, message));
    }
}
