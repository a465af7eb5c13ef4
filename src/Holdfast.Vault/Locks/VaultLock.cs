using System.Runtime.InteropServices;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Locks;

/// <summary>A lock on a vault that is kept fresh until it is disposed: a lease, as restic's processes see it too.</summary>
/// <remarks>
/// Who writes shares the vault with others and takes a shared lock; who removes takes an exclusive one. Before a snapshot is written, and again before
/// anything is removed, the owner asks <see cref="EnsureHeldAsync"/>: a lock that was taken away or could not be refreshed means that a prune may have run
/// meanwhile. So a snapshot is written only when no prune ran since its backup began.
/// </remarks>
public sealed class VaultLock : IAsyncDisposable
{
    private readonly VaultRepository _vault;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _lost = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly PeriodicTimer _refreshing;
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Task _keeping;

    // To find out whether the owner of a lock runs, restic sends it SIGHUP (and ignores that signal itself): unheeded, it must not end us.
    private readonly PosixSignalRegistration _asked = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
    private LockRecord _record;
    private string _name;
    private long _refreshed;

    private VaultLock(VaultRepository vault, TimeProvider time, LockRecord record, string name, long refreshed)
    {
        (_vault, _time, _record, _name, _refreshed) = (vault, time, record, name, refreshed);
        _refreshing = new(LockRules.RefreshEvery, time);
        _keeping = KeepAsync();
    }

    /// <summary>Gets the token that is cancelled when the lock is lost: nothing may be removed or recorded any more.</summary>
    public CancellationToken Lost => _lost.Token;

    /// <summary>Takes a lock that is shared with others that read or add.</summary>
    /// <exception cref="HoldfastException"><c>lock.held</c> says by whom.</exception>
    public static Task<VaultLock> ShareAsync(VaultRepository vault, TimeProvider time, CancellationToken cancellationToken) => TakeAsync(vault, exclusive: false, time, cancellationToken);

    /// <summary>Takes a lock that nobody shares, to remove or rewrite.</summary>
    /// <exception cref="HoldfastException"><c>lock.held</c> says by whom.</exception>
    public static Task<VaultLock> ExcludeAsync(VaultRepository vault, TimeProvider time, CancellationToken cancellationToken) => TakeAsync(vault, exclusive: true, time, cancellationToken);

    /// <summary>Removes locks whose owner is gone, or all of them.</summary>
    /// <returns>How many were removed.</returns>
    public static async Task<int> UnlockAsync(VaultRepository vault, bool all, TimeProvider time, CancellationToken cancellationToken)
    {
        var removed = 0;
        if (all)
        {
            await foreach (var entry in vault.Backend.ListAsync(VaultFileKind.Lock, cancellationToken))
            {
                await LockFiles.RemoveAsync(vault, entry.File.Name, cancellationToken);
                removed++;
            }

            return removed;
        }

        foreach (var (name, record) in await LockFiles.ListAsync(vault, cancellationToken))
        {
            if (!IsStale(record, time)) continue;
            await LockFiles.RemoveAsync(vault, name, cancellationToken);
            removed++;
        }

        return removed;
    }

    /// <summary>Makes sure that it is held still.</summary>
    /// <exception cref="HoldfastException"><c>lock.lost</c>.</exception>
    public async Task EnsureHeldAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            if (!_lost.IsCancellationRequested && IsRecent && await _vault.Backend.LengthAsync(File, cancellationToken) is not null) return;
        }
        finally
        {
            _gate.Release();
        }

        await _lost.CancelAsync();
        throw new HoldfastException(ErrorKind.Conflict, "lock.lost", $"The lock on the vault {_vault.Backend.Location} was lost: it was removed, or could not be refreshed for {LockRules.LostAfter.TotalMinutes:0} minutes.",
            "Start again; what is in the vault already is not sent again.");
    }

    /// <summary>Gives it back.</summary>
    public async ValueTask DisposeAsync()
    {
        _refreshing.Dispose(); // Ends the wait for the next time without an exception, which would be most of what ending takes.
        await _ended.CancelAsync();
        await _keeping;
        try
        {
            await LockFiles.RemoveAsync(_vault, _name, CancellationToken.None);
        }
        catch (HoldfastException)
        {
            // Whatever ended the work must be told, not this: a lock that stays is stale once this process has ended.
        }

        _asked.Dispose();
        _lost.Dispose();
        _ended.Dispose();
        _gate.Dispose();
    }

    private VaultFile File => new(VaultFileKind.Lock, _name);

    // Both clocks: the monotonic one stands still while the machine sleeps, the other can be set.
    private bool IsRecent => _time.GetElapsedTime(_refreshed) < LockRules.LostAfter && _time.GetUtcNow() - _record.Time < LockRules.LostAfter;

    private static async Task<VaultLock> TakeAsync(VaultRepository vault, bool exclusive, TimeProvider time, CancellationToken cancellationToken)
    {
        await RefuseConflictAsync(vault, exclusive, own: null, time, cancellationToken);
        // Before the lock is there: somebody may ask at once.
        using var asking = PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
        var asked = time.GetTimestamp();
        var record = LockOwner.Record(exclusive, time.GetUtcNow());
        var name = await LockFiles.SaveAsync(vault, record, cancellationToken);
        try
        {
            // Of two who each write and then look, one at least sees the other, when a list shows at once what was written. Elsewhere time must pass.
            // A backup in which nothing changed would take twice as long for it; who removes takes long anyway.
            if (exclusive || !vault.Backend.ShowsAtOnce) await Task.Delay(LockRules.SettleTime, time, cancellationToken);
            await RefuseConflictAsync(vault, exclusive, name, time, cancellationToken);
            return new(vault, time, record, name, asked);
        }
        catch
        {
            await LockFiles.RemoveAsync(vault, name, CancellationToken.None);
            throw;
        }
    }

    private static async Task RefuseConflictAsync(VaultRepository vault, bool exclusive, string? own, TimeProvider time, CancellationToken cancellationToken)
    {
        foreach (var (name, other) in await LockFiles.ListAsync(vault, cancellationToken))
        {
            if (name == own || !LockRules.Conflict(exclusive, other)) continue;
            if (IsStale(other, time))
            {
                // Its owner, should it live after all, finds it gone and records nothing.
                await LockFiles.RemoveAsync(vault, name, cancellationToken);
                continue;
            }

            throw new HoldfastException(ErrorKind.Conflict, "lock.held",
                $"The vault {vault.Backend.Location} is locked{(other.Exclusive ? " exclusively" : "")} by process {other.Pid} on {other.Hostname} (user {other.Username}), last at {other.Time.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z.",
                "Wait until it has ended. If it has ended for sure: holdfast vault unlock");
        }
    }

    private static bool IsStale(LockRecord record, TimeProvider time) => LockRules.IsStale(record, time.GetUtcNow(), LockOwner.Host, LockOwner.IsRunning);

    private async Task KeepAsync()
    {
        try
        {
            while (await _refreshing.WaitForNextTickAsync())
            {
                if (await TryRefreshAsync()) continue;
                await _lost.CancelAsync();
                return;
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    /// <summary>False: the lock is lost. A vault that cannot be reached is asked again until it is too late.</summary>
    private async Task<bool> TryRefreshAsync()
    {
        await _gate.WaitAsync(_ended.Token);
        try
        {
            var asked = _time.GetTimestamp();
            if (!IsRecent || await _vault.Backend.LengthAsync(File, _ended.Token) is null) return false;
            var before = _name;
            var record = _record with { Time = _time.GetUtcNow() };
            // Not cut short: a lock file whose name nobody knows would stand until it is stale.
            _name = await LockFiles.SaveAsync(_vault, record, CancellationToken.None);
            (_record, _refreshed) = (record, asked);
            await LockFiles.RemoveAsync(_vault, before, CancellationToken.None);
            return true;
        }
        catch (HoldfastException)
        {
            return IsRecent;
        }
        finally
        {
            _gate.Release();
        }
    }
}
