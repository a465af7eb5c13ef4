using Holdfast.Agent.Events;
using Holdfast.Cluster.Leases;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Leases;

/// <summary>The second killer: when the leash does not end the roles at the deadline, the agent does (leases rule 14).</summary>
/// <param name="sweep">Ends every role on this machine without the leash; returns at once.</param>
internal sealed class SecondKiller(LeaseKeeper keeper, ILeash leash, INodeClock clock, TimeProvider time, EventJournal journal, Action sweep)
{
    private static readonly TimeSpan Grace = TimeSpan.FromMilliseconds(30);
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromMilliseconds(40);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(20);
    private long _expired;

    /// <summary>The leash ended an incarnation itself.</summary>
    public void OnExpired(long incarnation) => Interlocked.Exchange(ref _expired, incarnation);

    /// <summary>Watches the leash until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        long swept = 0;
        while (true)
        {
            await Task.Delay(Pause(), time, cancellationToken);
            var standing = keeper.Standing;
            if (standing.ArmedUntil is not { } until || standing.Incarnation == swept || Interlocked.Read(ref _expired) == standing.Incarnation) continue;
            if (!clock.Now.HasReached(until.Plus(Grace))) continue;
            if (await LeashAnswersAsync(standing.Incarnation, cancellationToken)) continue;
            swept = standing.Incarnation;
            journal.Add("leash.hangs", $"The leash did not end incarnation {standing.Incarnation} at its deadline; the agent ends its roles.");
            sweep();
        }
    }

    /// <summary>Until the deadline could have passed, and no longer than between two renewals: it may be lowered.</summary>
    private TimeSpan Pause()
    {
        if (keeper.Standing.ArmedUntil is not { } until) return keeper.RenewInterval;
        var left = until.Plus(Grace).ObservedSince(clock.Now);
        return left < ShortestPause ? ShortestPause : left < keeper.RenewInterval ? left : keeper.RenewInterval;
    }

    /// <summary>Whether the leash did its work and only its word is still on the way: an agent that was frozen itself must not take it for hanging.</summary>
    private async Task<bool> LeashAnswersAsync(long incarnation, CancellationToken cancellationToken)
    {
        try
        {
            var state = await leash.GetStateAsync(cancellationToken).WaitAsync(AnswerLimit, time, cancellationToken);
            return state.Incarnation != incarnation || state.Expired || !clock.Now.HasReached(state.Deadline.ToReading());
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
