using System.Text.Json;
using Holdfast.Agent.Events;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Registry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Leases;

/// <summary>
/// Keeps this node's lease: registers an incarnation that the leash minted, renews it, and tells the leash until when it may
/// let roles run (DESIGN section 6; leases rules 1 to 7). It never extends anything by itself: only an acknowledged attempt,
/// counted from before it was sent, does.
/// </summary>
internal sealed partial class LeaseKeeper(
    NodeName node, ClusterRegistry registry, ClusterFeed feed, ILeash leash, TimingProfile profile,
    INodeClock clock, TimeProvider time, ProgressMonitor progress, EventJournal journal, ILogger<LeaseKeeper> logger, Func<long>? copyMark = null)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan PollDelay = TimeSpan.FromMilliseconds(5);
    private readonly Queue<(long Revision, ClockReading At)> _unseen = new();
    private CancellationTokenSource _over = new();
    private RenewalLedger _ledger = RenewalLedger.Empty;
    private ClockReading? _resynced;
    private long _revision;
    private string _bootId = "";
    private bool _stopping;

    /// <summary>Gets where this node stands.</summary>
    public LeaseStanding Standing { get; private set; } = new(0, null, "no incarnation yet");

    /// <summary>
    /// Gets or sets the timing of this node's leases; another one counts from the next renewal. A shorter lease binds from before it is sent (leases rule 4), a longer one from its
    /// acknowledgement, so it may change at any moment.
    /// </summary>
    public TimingProfile Profile { get; set; } = profile;

    /// <summary>Gets K: of all leases of this node that somebody may still be counting, the shortest.</summary>
    public TimeSpan KillTime { get; private set; } = profile.KillTime;

    /// <summary>Gets how often this node renews; its other loops go round at least as often, which shows that they are alive.</summary>
    public TimeSpan RenewInterval => Profile.RenewInterval;

    /// <summary>Gets whether this node may plan and bring roles online now.</summary>
    public bool Holds => Standing.HeldAt(clock.Now);

    /// <summary>Gets how long the last attempt to renew took, whatever came of it; null before the first.</summary>
    public TimeSpan? RenewalTook { get; private set; }

    /// <summary>Raised after <see cref="Standing"/> became another incarnation, or none.</summary>
    public event Action? IncarnationChanged;

    /// <summary>Keeps the lease until cancelled; then it runs out, or was ended by <see cref="EndCleanAsync"/> before.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            _over = over;
            try
            {
                var incarnation = await BeginAsync(over.Token);
                if (incarnation is { } begun) await RenewUntilOverAsync(begun, over.Token);
            }
            catch (OperationCanceledException) when (over.IsCancellationRequested)
            {
            }
            catch (Exception exception) when (exception is StoreUnavailableException or LeashRefusedException or JsonException)
            {
                Log.NoLease(logger, exception.Message);
            }

            if (Standing.Incarnation != 0) Stand(new(0, null, "the incarnation is over"));
            await time.PauseAsync(RetryDelay, cancellationToken);
        }
    }

    /// <summary>Tells the keeper that the leash ended an incarnation.</summary>
    public void OnExpired(long incarnation, string reason)
    {
        if (Standing.Incarnation != incarnation) return;
        journal.Add("lease.expired", $"Incarnation {incarnation} is over: {reason}. Every role on this node was ended.");
        _over.Cancel();
    }

    /// <summary>Ends the incarnation because the store cannot be the one it was registered with (leases rule 17).</summary>
    public async Task AbandonAsync(string reason, CancellationToken cancellationToken)
    {
        if (Standing.Incarnation is var incarnation and not 0) await leash.ExpireAsync(incarnation, reason, cancellationToken);
    }

    /// <summary>For an orderly shutdown, after every role was released: ends the lease so that nobody waits for it.</summary>
    public async Task EndCleanAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        var incarnation = Standing.Incarnation;
        if (incarnation == 0) return;
        await leash.ExpireAsync(incarnation, "the node is shutting down", cancellationToken);
        await WaitCleanAsync(cancellationToken);
        await MarkEndedAsync(incarnation, cancellationToken);
    }

    private async Task<long?> BeginAsync(CancellationToken cancellationToken)
    {
        // Also the record of its own lease may be in a shape that this build would take for something else.
        while (feed.Outgrown is { } outgrown)
        {
            Stand(Standing with { Reason = outgrown.Message });
            await time.PauseAsync(RetryDelay, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }

        var held = await leash.GetStateAsync(cancellationToken);
        var own = await registry.FindAsync(RegistryKeys.Lease(node), RegistryJson.Default.LeaseRecord, cancellationToken);
        _bootId = held.BootId;
        _ledger = RenewalLedger.Empty;
        _unseen.Clear();
        if (held.Incarnation != 0 && !held.Expired)
        {
            // The agent was restarted, or the connection to the leash was: the incarnation goes on, and the first renewal of
            // this agent counts from its own sending, whatever its predecessor had sent (leases rule 1).
            if (own is { } record && record.Value.Incarnation == held.Incarnation && record.Value.BootId == held.BootId && record.Value.State == LeaseState.Live)
            {
                _revision = record.Revision;
                Stand(new(held.Incarnation, held.Deadline.ToReading(), "taken up again after a restart of the agent"));
                return held.Incarnation;
            }

            await leash.ExpireAsync(held.Incarnation, "the store does not know this incarnation", cancellationToken);
        }

        await WaitCleanAsync(cancellationToken);
        if (_stopping) return null;
        if (own is { Value.State: LeaseState.Closing } closing && closing.Value.Incarnation == held.Incarnation) await MarkEndedAsync(held.Incarnation, cancellationToken);
        if (await IsEvictedAsync(cancellationToken))
        {
            Stand(Standing with { Reason = "this node was evicted from the cluster" });
            await time.PauseAsync(TimeSpan.FromSeconds(5), cancellationToken);
            return null;
        }

        while (feed.Trouble is not null) await Task.Delay(PollDelay, time, cancellationToken); // Who sees nothing shall be given nothing.
        var before = await WaitOutAsync(held.BootId, cancellationToken);
        var incarnation = await leash.MintAsync(before?.Value.Incarnation ?? 0, cancellationToken);
        _revision = before?.Revision ?? 0;
        Stand(new(incarnation, null, "registering"));
        return incarnation;
    }

    /// <summary>
    /// After a reboot this node is a stranger to its own old lease: what another machine with the same name still does, it
    /// cannot know (leases rule 7).
    /// </summary>
    private async Task<Versioned<LeaseRecord>?> WaitOutAsync(string bootId, CancellationToken cancellationToken)
    {
        while (true)
        {
            var own = await registry.FindAsync(RegistryKeys.Lease(node), RegistryJson.Default.LeaseRecord, cancellationToken);
            if (own is not { } record || record.Value.State == LeaseState.Ended || record.Value.BootId == bootId) return own;

            var firstSeen = clock.Now;
            Log.WaitingOut(logger, record.Value.Incarnation, record.Value.Duration + record.Value.Margin);
            while (true)
            {
                await Task.Delay(RetryDelay, time, cancellationToken);
                var again = await registry.FindAsync(RegistryKeys.Lease(node), RegistryJson.Default.LeaseRecord, cancellationToken);
                if (again?.Revision != record.Revision) break;
                if (clock.Now.ObservedSince(firstSeen) >= record.Value.Duration + record.Value.Margin) return again;
            }
        }
    }

    private async Task RenewUntilOverAsync(long incarnation, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var sentAt = clock.Now;
            if (Stall() is { } stall)
            {
                Log.Stalled(logger, stall);
            }
            else
            {
                try
                {
                    if (!await AttemptAsync(incarnation, sentAt, cancellationToken)) return;
                }
                catch (StoreUnavailableException exception)
                {
                    Log.Unknown(logger, exception.Message); // Not lost yet: the leash's deadline decides.
                }
            }

            var rest = Profile.RenewInterval - clock.Now.ObservedSince(sentAt);
            if (rest > TimeSpan.Zero) await Task.Delay(rest, time, cancellationToken);
        }
    }

    /// <summary>One attempt, with its own nonce. Returns false when the incarnation is over.</summary>
    private async Task<bool> AttemptAsync(long incarnation, ClockReading sentAt, CancellationToken cancellationToken)
    {
        var profile = Profile; // It may be set to another one meanwhile.
        if (profile.KillTime < KillTime) KillTime = profile.KillTime;
        var next = new LeaseRecord
        {
            Node = node, Incarnation = incarnation, Nonce = Guid.NewGuid().ToString("N"), Duration = profile.LeaseDuration,
            Margin = profile.Margin, State = LeaseState.Live, BootId = _bootId,
            CopyMark = copyMark?.Invoke() ?? 0,
        };
        _ledger = _ledger.Sending(next.Nonce, sentAt, next.Duration);
        await CapAsync(incarnation, sentAt.Plus(next.Duration), cancellationToken);
        var outcome = await registry.RenewLeaseAsync(next, _revision, cancellationToken);
        RenewalTook = clock.Now.ObservedSince(sentAt);
        if (outcome is CommitOutcome.Committed committed)
        {
            await AcknowledgeAsync(next, committed.Revision, cancellationToken);
            return true;
        }

        // Lost or unknown: the record itself says which attempt was the last to get through.
        if (outcome is CommitOutcome.Unknown unknown) Log.Unknown(logger, unknown.Reason);
        var found = await registry.FindAsync(RegistryKeys.Lease(node), RegistryJson.Default.LeaseRecord, cancellationToken);
        if (found is { } record && record.Value.Incarnation == incarnation && record.Value.BootId == _bootId && record.Value.State == LeaseState.Live)
        {
            await AcknowledgeAsync(record.Value, record.Revision, cancellationToken);
            return true;
        }

        if (found is null || (found.Value.Value.Incarnation < incarnation && Standing.ArmedUntil is null))
        {
            _revision = found?.Revision ?? 0; // The registration did not get through; try it again.
            return true;
        }

        // A clone that minted the same number at the same moment is told apart by its boot (leases rule 7).
        var verdict = found.Value.Value;
        var why = verdict.Incarnation != incarnation ? $"incarnation {verdict.Incarnation} has taken its place"
            : verdict.BootId != _bootId ? "another machine goes by the name of this one, and has registered this incarnation" : $"its lease is {verdict.State}".ToLowerInvariant();
        await leash.ExpireAsync(incarnation, why, cancellationToken);
        return false;
    }

    /// <summary>A shorter duration binds from its sending, also when it was the agent before this one that had asked for the longer (leases rule 4).</summary>
    private async Task CapAsync(long incarnation, ClockReading latest, CancellationToken cancellationToken)
    {
        if (Standing.ArmedUntil is not { } armed || (armed.Boot <= latest.Boot && armed.Raw <= latest.Raw)) return;
        await leash.CapAsync(incarnation, latest.ToLeash(), cancellationToken);
        Standing = Standing with { ArmedUntil = new(armed.Boot < latest.Boot ? armed.Boot : latest.Boot, armed.Raw < latest.Raw ? armed.Raw : latest.Raw) };
    }

    private async Task AcknowledgeAsync(LeaseRecord record, long revision, CancellationToken cancellationToken)
    {
        _revision = revision;
        _ledger = _ledger.Settled(record);
        _unseen.Enqueue((revision, clock.Now));
        if (record.Duration == Profile.LeaseDuration && record.Margin == Profile.Margin) KillTime = Profile.KillTime;
        if (_ledger.DeadlineAfter(record) is not { } deadline) return; // An unknown nonce extends nothing (leases rule 1).
        var armed = await leash.ArmAsync(record.Incarnation, deadline.ToLeash(), cancellationToken);
        var first = Standing.ArmedUntil is null;
        var standing = new LeaseStanding(record.Incarnation, armed.ToReading(), first ? "registered" : Standing.Reason);
        if (!first)
        {
            Standing = standing;
            return;
        }

        Stand(standing);
        journal.Add("lease.registered", $"Incarnation {record.Incarnation} of this node is registered; its lease lives {record.Duration.TotalMilliseconds:0} ms from each renewal.");
    }

    /// <summary>Gets how long a loop may stand still before the node stops renewing: longer than a lease, since a busy machine is not a dead one.</summary>
    private TimeSpan StallLimit => Profile.LeaseDuration * 4;

    /// <summary>
    /// What stands still and therefore forbids a renewal (leases rules 5 and 8); null when nothing does. A watch that fell silent
    /// is replaced, and only once the feed has caught up is the lease renewed again.
    /// </summary>
    private string? Stall()
    {
        while (_unseen.TryPeek(out var seen) && seen.Revision <= feed.Position) _unseen.Dequeue();
        var now = clock.Now;
        if (_unseen.TryPeek(out var oldest) && now.ObservedSince(oldest.At) > StallLimit)
        {
            if (_resynced is not { } last || now.ObservedSince(last) > Profile.LeaseDuration)
            {
                feed.Resync();
                _resynced = now;
            }

            return "the watch on the store";
        }

        return progress.Stalled(StallLimit);
    }

    private async Task WaitCleanAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var state = await leash.GetStateAsync(cancellationToken);
            if (state.Incarnation == 0 || state.Clean) return;
            await Task.Delay(PollDelay, time, cancellationToken);
        }
    }

    private async Task<bool> IsEvictedAsync(CancellationToken cancellationToken) =>
        await registry.FindAsync(RegistryKeys.Node(node), RegistryJson.Default.NodeRecord, cancellationToken) is { Value.Intent: NodeIntent.Evicted };

    private async Task MarkEndedAsync(long incarnation, CancellationToken cancellationToken)
    {
        var own = await registry.FindAsync(RegistryKeys.Lease(node), RegistryJson.Default.LeaseRecord, cancellationToken);
        if (own is not { } record || record.Value.Incarnation != incarnation || record.Value.State == LeaseState.Ended) return;
        await registry.RenewLeaseAsync(record.Value with { State = LeaseState.Ended, EndedClean = true }, record.Revision, cancellationToken);
    }

    private void Stand(LeaseStanding standing)
    {
        var changed = standing.Incarnation != Standing.Incarnation || (standing.ArmedUntil is null) != (Standing.ArmedUntil is null);
        Standing = standing;
        if (changed) IncarnationChanged?.Invoke();
    }

    private static partial class Log // Event ids 2100-2199: the lease.
    {
        [LoggerMessage(2100, LogLevel.Warning, "This node holds no lease: {Reason}")]
        public static partial void NoLease(ILogger logger, string reason);

        [LoggerMessage(2101, LogLevel.Warning, "A renewal of the node lease was not answered: {Reason}")]
        public static partial void Unknown(ILogger logger, string reason);

        [LoggerMessage(2102, LogLevel.Error, "The node lease is not renewed because {What} stands still")]
        public static partial void Stalled(ILogger logger, string what);

        [LoggerMessage(2103, LogLevel.Information, "Waiting out incarnation {Incarnation} of this node from before its restart, {Wait}")]
        public static partial void WaitingOut(ILogger logger, long incarnation, TimeSpan wait);
    }
}
