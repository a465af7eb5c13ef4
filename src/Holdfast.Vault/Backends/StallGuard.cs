namespace Holdfast.Vault.Backends;

/// <summary>A token that is cancelled when there was no progress for some time. A limit on the whole would fail the large file on the slow line.</summary>
internal sealed class StallGuard : IDisposable
{
    private readonly CancellationTokenSource _stalled;
    private readonly CancellationTokenSource _either;
    private readonly TimeSpan _limit;

    public StallGuard(TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        _limit = limit;
        _stalled = new(limit, time);
        _either = CancellationTokenSource.CreateLinkedTokenSource(_stalled.Token, cancellationToken);
    }

    public CancellationToken Token => _either.Token;

    public void Progress() => _stalled.CancelAfter(_limit);

    public void Dispose()
    {
        _either.Dispose();
        _stalled.Dispose();
    }
}
