using Holdfast.Agent.Events;
using Holdfast.Cluster.Leases;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Leases;

/// <summary>
/// The second killer: when the leash does not end the roles at the deadline, or stands still before it has, the agent does
/// (leases rule 14). Everything it waits for is a part of K, so that it is done when K is over.
/// </summary>
/// <param name="sweep">Ends every role on this machine without the leash; returns at once.</param>
internal sealed class SecondKiller(LeaseKeeper keeper, ILeash leash, INodeClock clock, TimeProvider time, EventJournal journal, Action sweep)
{
    private readonly Lock _gate = new();
    private Watched? _watched;
    private long _swept;

    private TimeSpan Grace => keeper.KillTime / 4;

    private TimeSpan AnswerLimit => keeper.KillTime / 3;

    private TimeSpan ShortestPause => keeper.KillTime / 6;

    /// <summary>The leash says that an incarnation is over; it has yet to end what runs.</summary>
    public void OnExpired(long incarnation)
    {
        lock (_gate)
        {
            if (incarnation != _swept) _watched = new(incarnation, clock.Now, IsOver: true);
        }
    }

    /// <summary>The leash has verified that nothing of an incarnation is left.</summary>
    public void OnClean(long incarnation)
    {
        lock (_gate)
        {
            if (_watched?.Incarnation == incarnation) _watched = null;
        }
    }

    /// <summary>Watches the leash until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Pause(), time, cancellationToken);
            if (Watch() is not { } watched || !clock.Now.HasReached(watched.Until.Plus(Grace))) continue;
            if (await StateAsync(cancellationToken) is { } state)
            {
                // It lives and looks at the deadline itself; an agent that was frozen must not take it for hanging.
                if (state.Incarnation != watched.Incarnation || (state.Expired && state.Clean)) OnClean(watched.Incarnation);
                continue;
            }

            _swept = watched.Incarnation;
            OnClean(_swept);
            journal.Add("leash.hangs", $"The leash did not end incarnation {_swept} at its deadline; the agent ends its roles.");
            sweep();
        }
    }

    /// <summary>What to watch now: the incarnation that is over and not clean yet, else the one that is armed.</summary>
    private Watched? Watch()
    {
        var standing = keeper.Standing;
        lock (_gate)
        {
            if (_watched is not { IsOver: true } && standing.ArmedUntil is { } until && standing.Incarnation != _swept) _watched = new(standing.Incarnation, until, IsOver: false);
            return _watched;
        }
    }

    /// <summary>Until the deadline could have passed, and no longer than between two renewals: it may be lowered.</summary>
    private TimeSpan Pause()
    {
        if (Watch() is not { } watched) return keeper.RenewInterval;
        var left = watched.Until.Plus(Grace).ObservedSince(clock.Now);
        return left < ShortestPause ? ShortestPause : left < keeper.RenewInterval ? left : keeper.RenewInterval;
    }

    /// <summary>What the leash answers; null when it does not.</summary>
    private async Task<LeashState?> StateAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await leash.GetStateAsync(cancellationToken).WaitAsync(AnswerLimit, time, cancellationToken);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    /// <summary>An incarnation that something may still run of.</summary>
    private sealed record Watched(long Incarnation, ClockReading Until, bool IsOver);
}
