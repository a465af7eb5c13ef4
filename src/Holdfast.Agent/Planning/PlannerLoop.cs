using System.Collections.Immutable;
using Holdfast.Agent.Events;
using Holdfast.Agent.Leases;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Store;
using Holdfast.Store.Registry;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Planning;

/// <summary>
/// Runs the planner on every change and whenever time alone may change the answer, and commits what it wants. Every node
/// does; compare-and-swap makes the rest harmless (DESIGN section 6).
/// </summary>
internal sealed partial class PlannerLoop(
    NodeName node, ClusterRegistry registry, ClusterFeed feed, LeaseKeeper keeper,
    INodeClock clock, TimeProvider time, ProgressMonitor progress, EventJournal journal, ILogger<PlannerLoop> logger)
{
    private static readonly TimeSpan Stagger = TimeSpan.FromMilliseconds(20);

    private readonly StepAges _ages = new();
    private (ClusterView View, ClockReading At, TimeSpan For)? _settled; // The last plan, when it had nothing to do.

    /// <summary>Gets whether this node, a client machine, leaves to others what is to be done: it may be slow, far away and asleep the next moment.</summary>
    public bool OnlyWatches { get; init; }

    /// <summary>Gets why roles that are wanted online wait, as of the last plan.</summary>
    public ImmutableSortedDictionary<RoleName, Because> Waiting { get; private set; } = ImmutableSortedDictionary<RoleName, Because>.Empty;

    /// <summary>Gets what somebody is asked about, as of the last plan.</summary>
    public ImmutableSortedDictionary<RoleName, Because> Questions { get; private set; } = ImmutableSortedDictionary<RoleName, Because>.Empty;

    /// <summary>What this node knows, for the planner and for every question that the planner can answer.</summary>
    public (ClusterView View, Observations Seen)? Situation()
    {
        if (feed.Current is not { } state) return null;
        return (state.View, new Observations { Now = clock.Now, Wall = time.GetUtcNow(), Leases = state.Sightings });
    }

    /// <summary>Plans until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            progress.Beat("planner");
            var state = feed.Current;
            var pause = keeper.RenewInterval;
            try
            {
                if (state is not null && StillSettled(state.View) is { } rest) pause = rest;
                else if (state is not null && keeper.Holds && Situation() is { } situation) pause = await PlanAsync(state, situation.View, situation.Seen, cancellationToken);
                await WaitAsync(state, pause, cancellationToken);
            }
            catch (StoreUnavailableException exception)
            {
                Log.StoreUnavailable(logger, exception.Message);
                await WaitAsync(state, keeper.RenewInterval, cancellationToken);
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
        }
    }

    /// <summary>
    /// Records that the owner has released a role and, in the same commit, what follows for it: a role that is moved is its next
    /// owner's one commit earlier than if every node first had to hear that it is free. Null when nothing follows at once.
    /// </summary>
    /// <param name="wasOnline">Everything of the role was online until now: what it had, nobody else can have taken meanwhile.</param>
    public async Task<CommitOutcome?> PassOnAsync(Placement released, long judgedRevision, bool wasOnline, CancellationToken cancellationToken)
    {
        if (!keeper.Holds || Situation() is not var (view, seen)) return null;
        // As if the release were in the store; it is, when the step commits, because the step was judged at the same revision.
        view = view with { Placements = view.Placements.SetItem(released.Role, new(released, judgedRevision)) };
        if (Planner.Plan(view, seen).Steps.OfType<PlanStep.Place>().FirstOrDefault(step => step.Next.Role == released.Role) is not { } next) return null;
        next = next with { Next = next.Next with { HandedOver = wasOnline && next.Next.Phase == PlacementPhase.Assigned } };
        var outcome = await registry.CommitPlanAsync(node, view, [next], cancellationToken);
        if (outcome is CommitOutcome.Committed) Tell(next);
        return outcome;
    }

    private async Task<TimeSpan> PlanAsync(FeedState state, ClusterView view, Observations seen, CancellationToken cancellationToken)
    {
        var plan = Planner.Plan(view, seen);
        Waiting = plan.Waiting;
        var again = plan.LookAgainIn is { } look && look < keeper.RenewInterval ? look : keeper.RenewInterval;
        TellQuestions(view, plan.Questions);
        var wantedFor = _ages.OldestOf(plan.Steps, seen.Now);
        _settled = plan is { Steps.IsEmpty: true, Waiting.IsEmpty: true } ? (view, seen.Now, again) : null;
        if (plan.Steps.IsEmpty || OnlyWatches) return again;

        // Whoever is to run the first role commits at once and can start without being told; the others follow in the order
        // of their names, in case it does not.
        var delay = Delay(view, seen, plan) - wantedFor;
        if (delay > TimeSpan.Zero)
        {
            await WaitAsync(state, delay, cancellationToken);
            if (!ReferenceEquals(state, feed.Current)) return TimeSpan.Zero;
        }

        if (!keeper.Holds) return again; // Only a node with a valid lease plans (leases rule 13).
        switch (await registry.CommitPlanAsync(node, view, plan.Steps, cancellationToken))
        {
            case CommitOutcome.Committed committed:
                foreach (var step in plan.Steps) Tell(step);
                await CatchUpAsync(committed.Revision, cancellationToken);
                return TimeSpan.Zero;
            case CommitOutcome.Conflict:
                // Never again from the same view (leases rule 13): a linearizable read first.
                await feed.RefreshAsync(cancellationToken);
                return TimeSpan.FromMilliseconds(1);
            case CommitOutcome.Unknown unknown:
                Log.Unknown(logger, unknown.Reason);
                await feed.RefreshAsync(cancellationToken);
                return TimeSpan.FromMilliseconds(20);
            default:
                return again;
        }
    }

    /// <summary>How much longer the last plan stands: nodes renew all the time, and when nothing else happens only time can bring something to do.</summary>
    private TimeSpan? StillSettled(ClusterView view) =>
        _settled is { } settled && settled.For - clock.Now.ObservedSince(settled.At) is var rest && rest > TimeSpan.Zero && view.IsOnlyRenewedSince(settled.View) ? rest : null;

    private TimeSpan Delay(ClusterView view, Observations seen, Plan plan)
    {
        var target = plan.Steps.OfType<PlanStep.Place>().Select(p => p.Next.Phase == PlacementPhase.Assigned ? p.Next.Owner : null).FirstOrDefault(owner => owner is not null);
        if (target == node) return TimeSpan.Zero;
        var rank = 0;
        foreach (var (name, lease) in view.Leases)
        {
            if (name == node) break;
            if (lease.Value.State == LeaseState.Live && !view.IsClient(name) && seen.Leases.TryGetValue(name, out var sighting) && seen.Now.ObservedSince(sighting.FirstSeen) < lease.Value.Duration / 2) rank++;
        }

        return target is null ? Stagger * rank : Stagger * (rank + 1);
    }

    /// <summary>Our own commit is newer than the view; plan from it, not from before it.</summary>
    private async Task CatchUpAsync(long revision, CancellationToken cancellationToken)
    {
        if (feed.Position >= revision) return;
        await feed.RefreshAsync(cancellationToken);
    }

    private void Tell(PlanStep step)
    {
        switch (step)
        {
            case PlanStep.EndLease end:
                journal.Add("lease.ended", $"Incarnation {end.Next.Incarnation} of node {end.Next.Node} is over. {step.Because.Sentence}", because: step.Because.Rule);
                break;
            case PlanStep.Place place:
                var (kind, text) = place.Next.Phase switch
                {
                    PlacementPhase.Assigned => ("role.assigned", $"Role {place.Next.Role} goes to {place.Next.Owner} at epoch {place.Next.Epoch}."),
                    PlacementPhase.Releasing => ("role.releasing", $"Role {place.Next.Role} leaves {place.Next.Owner}."),
                    PlacementPhase.Failed => ("role.failed", $"Role {place.Next.Role} is left failed."),
                    _ => ("role.released", $"Role {place.Next.Role} has no owner."),
                };
                journal.Add(kind, $"{text} {step.Because.Sentence}", place.Next.Role.Value, epoch: place.Next.Epoch.ToString(), because: step.Because.Rule);
                break;
            case PlanStep.UpdateRole update:
                journal.Add(KindOf(step.Because), step.Because.Sentence, update.Next.Name.Value, because: step.Because.Rule);
                break;
            case PlanStep.UpdateNode { Because.Rule: "node-loss" }: // That the lease ended is told already.
                break;
            case PlanStep.UpdateSettings or PlanStep.UpdateNode:
                journal.Add(KindOf(step.Because), step.Because.Sentence, because: step.Because.Rule);
                break;
            case PlanStep.RemoveRole remove:
                journal.Add("role.removed", $"Role {remove.Role} is removed.", remove.Role.Value, because: step.Because.Rule);
                break;
        }
    }

    /// <summary>Each question is told once, by the owner of its role.</summary>
    private void TellQuestions(ClusterView view, ImmutableSortedDictionary<RoleName, Because> questions)
    {
        foreach (var (role, because) in questions)
        {
            if (!Questions.ContainsKey(role) && view.Placements[role].Value.Owner == node) journal.Add("role.failback-asked", because.Sentence, role.Value, because: because.Rule);
        }

        Questions = questions;
    }

    /// <summary><c>maintenance-ended</c> is told as <c>maintenance.ended</c>.</summary>
    private static string KindOf(Because because) => because.Rule.IndexOf('-', StringComparison.Ordinal) is > 0 and var dash ? $"{because.Rule[..dash]}.{because.Rule[(dash + 1)..]}" : because.Rule;

    private async Task WaitAsync(FeedState? since, TimeSpan longest, CancellationToken cancellationToken)
    {
        if (longest <= TimeSpan.Zero) return;
        try
        {
            // Timers count whole milliseconds and round down: less than one would be no wait at all, and the loop would spin.
            var whole = TimeSpan.FromMilliseconds(Math.Ceiling(longest.TotalMilliseconds));
            await feed.WaitForChangeAsync(since, cancellationToken).WaitAsync(whole, time, cancellationToken);
        }
        catch (TimeoutException)
        {
        }
    }

    private static partial class Log // Event ids 2200-2299: planning.
    {
        [LoggerMessage(2200, LogLevel.Warning, "The planner cannot reach the store: {Reason}")]
        public static partial void StoreUnavailable(ILogger logger, string reason);

        [LoggerMessage(2201, LogLevel.Warning, "Whether a plan was committed is unknown: {Reason}")]
        public static partial void Unknown(ILogger logger, string reason);
    }
}
