using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Tests.OneOwner;

/// <content>What nodes do: renew, watch, plan, run roles.</content>
internal sealed partial class World
{
    private void Renew(ModelNode node)
    {
        if (!node.CanAct) return;
        if (node.Deadline is null)
        {
            if (!node.IsCut) Rejoin(node);
            return;
        }

        var nonce = $"{node.Name}-{++_nonces}";
        node.Ledger = node.Ledger.Sending(nonce, node.ClockAt(_now), Duration);
        var (expected, incarnation) = (node.LeaseRevision, node.Incarnation);
        Send(node, () =>
        {
            var lease = _store.View.Leases[node.Name];
            _store.Commit(
                [(lease.Revision == expected, "lease"), (lease.Value.State == LeaseState.Live && lease.Value.Incarnation == incarnation, "live")],
                (view, revision) => view with { Leases = view.Leases.SetItem(node.Name, new(lease.Value with { Nonce = nonce }, revision)) });
            Send(node, () => LearnOwnLease(node, incarnation)); // Whatever the answer was: the record says which attempt counts.
        });
    }

    private void LearnOwnLease(ModelNode node, long incarnation)
    {
        if (!node.HasPower || node.Incarnation != incarnation || node.Deadline is null) return;
        var lease = _store.View.Leases[node.Name];
        if (lease.Value.State == LeaseState.Ended || lease.Value.Incarnation != incarnation)
        {
            Expire(node, _now);
            return;
        }

        node.LeaseRevision = lease.Revision;
        var deadline = _guards.CountFromSend ? node.Ledger.DeadlineAfter(lease.Value) : node.ClockAt(_now).Plus(lease.Value.Duration);
        if (deadline is { } next && !node.ClockAt(_now).HasReached(next)) node.Deadline = next;
        node.Ledger = node.Ledger.Settled(lease.Value);
    }

    /// <summary>Takes a new incarnation once nothing of the old one can be left (leases rule 7).</summary>
    private void Rejoin(ModelNode node)
    {
        if (_runs.Any(run => run.Node == node.Name && (run.Until is not { } until || until > _now))) return;
        var known = _store.View.Leases.TryGetValue(node.Name, out var lease);
        if (known && lease.Value.State != LeaseState.Ended && node.WasRebooted && !HasSeenSilence(node, lease)) return; // A stranger, even to itself.

        var (nonce, incarnation) = ($"{node.Name}-{++_nonces}", known ? lease.Value.Incarnation + 1 : 1);
        node.Ledger = RenewalLedger.Empty.Sending(nonce, node.ClockAt(_now), Duration);
        var record = new LeaseRecord
        {
            Node = node.Name, Incarnation = incarnation, Nonce = nonce, Duration = Duration, Margin = _guards.Margin ? Margin : TimeSpan.Zero, State = LeaseState.Live, BootId = "boot",
        };
        _store.Commit([], (view, revision) => view with { Leases = view.Leases.SetItem(node.Name, new(record, revision)) });
        (node.Incarnation, node.LeaseRevision, node.WasRebooted) = (incarnation, _store.View.Revision, false);
        node.Deadline = node.Ledger.DeadlineAfter(record);
        node.Closed.Clear();
    }

    private bool HasSeenSilence(ModelNode node, Versioned<LeaseRecord> own) =>
        LeaseArithmetic.IsSilent(own.Value, LeaseArithmetic.Counted(own, node.Observed.TryGetValue(node.Name, out var observation) ? observation : null, node.ClockAt(_now)));

    private void Watch(ModelNode node, Random random)
    {
        if (!node.CanAct || node.IsCut) return;
        node.Position = random.Next(3) == 0 ? random.Next(node.Position, _store.Position + 1) : _store.Position;
        foreach (var (name, lease) in _store.At(node.Position).Leases)
        {
            var seen = node.Observed.TryGetValue(name, out var observation);
            if (seen && observation.Revision == lease.Revision) continue;
            // The mistake that the guard prevents: going on with the old count after a new revision.
            var firstSeen = seen && !_guards.CountPresentRevision ? observation.FirstSeen : node.ClockAt(_now);
            node.Observed = node.Observed.SetItem(name, new(lease.Revision, firstSeen));
        }
    }

    private Observations SeenBy(ModelNode node) => new() { Now = node.ClockAt(_now), Wall = DateTimeOffset.UnixEpoch + _now, Leases = node.Observed };

    private void Plan(ModelNode node, Random random)
    {
        if (!node.HasLease) return;
        var (view, seen) = (_store.At(node.Position), SeenBy(node));
        var plan = Planner.Plan(view, seen);
        PlanChecks.RequireSound(view, seen, plan);
        // Each step may also be committed by itself (leases rule 9), as long as a lease is ended first.
        var steps = random.Next(4) switch
        {
            0 => [.. plan.Steps.Where(step => step is PlanStep.EndLease)],
            1 => [.. plan.Steps.Where(step => step is not PlanStep.Place { LostOwner: not null } and not PlanStep.EndLease)],
            _ => plan.Steps,
        };
        Commit(node, view, steps);
    }

    private void Commit(ModelNode node, ClusterView view, ImmutableArray<PlanStep> steps)
    {
        if (steps.IsEmpty) return;
        Send(node, () =>
        {
            if (!_store.CommitSteps(steps, view.PlannerRevision, _guards)) return;
            Failovers += steps.Count(step => step is PlanStep.Place { LostOwner: not null, Next.Phase: PlacementPhase.Assigned });
            PlannedMoves += steps.Count(step => step is PlanStep.Place { Next.Phase: PlacementPhase.Releasing });
        });
    }

    /// <summary>The role runner: makes what runs here what the view says, through a leash that refuses what is no longer allowed.</summary>
    private void Act(ModelNode node, Random random)
    {
        if (!node.HasLease) return;
        var view = _store.At(node.Position);
        foreach (var (role, record) in view.Placements)
        {
            var placement = record.Value;
            var mine = placement.Owner == node.Name && (placement.OwnerIncarnation == node.Incarnation || !_guards.Incarnation);
            if (node.Running.TryGetValue(role, out var run) && !(mine && placement.Phase == PlacementPhase.Assigned && run.Epoch == placement.Epoch)) Stop(node, role);
            if (mine && placement.Phase == PlacementPhase.Assigned) Run(node, placement, random);
            if (mine && placement.Phase == PlacementPhase.Releasing) Release(node, record);
        }
    }

    private void Run(ModelNode node, Placement placement, Random random)
    {
        var closed = _guards.ClosedEpochs && node.Closed.TryGetValue(placement.Role, out var epoch) && placement.Epoch <= epoch;
        if (!node.Running.ContainsKey(placement.Role) && !closed) Start(node, placement.Role, placement.Epoch);
        if (!node.Running.ContainsKey(placement.Role)) return;

        var gaveUp = random.Next(40) == 0;
        var status = new RoleStatus
        {
            Role = placement.Role, Node = node.Name, Epoch = placement.Epoch, State = gaveUp ? OnlineState.Failed : OnlineState.Online, GivenUp = gaveUp, Reason = "model",
        };
        Send(node, () => _store.Commit([], (view, revision) => view with { Statuses = view.Statuses.SetItem(status.Role, new(status, revision)) }));
    }

    private void Release(ModelNode node, Versioned<Placement> releasing)
    {
        var placement = releasing.Value;
        node.Close(placement.Role, placement.Epoch);
        Send(node, () => _store.Commit(
            [(_store.View.Placements[placement.Role].Revision == releasing.Revision, "placement")],
            (view, revision) => view with { Placements = view.Placements.SetItem(placement.Role, new(placement with { Phase = PlacementPhase.Released }, revision)) }));
    }
}
