namespace Holdfast.Vault.Backends;

/// <summary>Lets so many bytes a second pass, and one second's worth at once after a pause.</summary>
internal sealed class TokenBucket(long bytesPerSecond, TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly long _start = time.GetTimestamp();
    private TimeSpan _paidUntil = TimeSpan.FromSeconds(-1);

    /// <summary>Returns when the bytes may pass; who comes first goes first.</summary>
    public Task TakeAsync(long bytes, CancellationToken cancellationToken)
    {
        TimeSpan wait;
        lock (_gate)
        {
            var now = time.GetElapsedTime(_start);
            var saved = now - TimeSpan.FromSeconds(1);
            if (_paidUntil < saved) _paidUntil = saved;
            _paidUntil += TimeSpan.FromSeconds((double)bytes / bytesPerSecond);
            wait = _paidUntil - now;
        }

        return wait > TimeSpan.Zero ? Task.Delay(wait, time, cancellationToken) : Task.CompletedTask;
    }
}
