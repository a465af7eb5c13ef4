namespace Holdfast.Vault.Locks;

/// <summary>What locks mean to each other: restic's rules, so that both can work on one vault.</summary>
internal static class LockRules
{
    /// <summary>A lock that was not refreshed for this long has no owner any more.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromMinutes(30);

    /// <summary>How often an owner writes its lock anew.</summary>
    public static readonly TimeSpan RefreshEvery = TimeSpan.FromMinutes(5);

    /// <summary>An owner that could not refresh its lock for this long stops working under it: well before others may take it for dead, whatever their clocks say.</summary>
    public static readonly TimeSpan LostAfter = TimeSpan.FromMinutes(20);

    /// <summary>Between writing a lock and looking again for others: a lock written at the same moment shows by then. Who shares does not wait where that shows at once.</summary>
    public static readonly TimeSpan SettleTime = TimeSpan.FromMilliseconds(200);

    /// <summary>Whether one keeps the other out. Readers and writers of new data share; an exclusive lock shares with nobody.</summary>
    public static bool Conflict(bool wantExclusive, LockRecord other) => wantExclusive || other.Exclusive;

    /// <summary>Whether its owner is gone: refreshed too long ago, or a process of this machine that no longer runs.</summary>
    public static bool IsStale(LockRecord record, DateTimeOffset now, string thisHost, Func<int, bool> isRunning) =>
        now - record.Time > StaleAfter || (record.Hostname == thisHost && !isRunning(record.Pid));
}
