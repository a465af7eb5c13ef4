using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Tests.OneOwner;

/// <content>What happens to nodes, and what people do.</content>
internal sealed partial class World
{
    private void Fault(Random random)
    {
        var node = _nodes[random.Next(_nodes.Length)];
        switch (random.Next(10))
        {
            case 0: LosePower(node); break;
            case 1: node.HasPower = true; break;
            case 2: node.IsFrozen = true; break;
            case 3: node.IsFrozen = false; break;
            case 4: node.IsCut = true; break;
            case 5: node.IsCut = false; break;
            case 6: AskForMove(node, random); break;
            case 7: Want(node, (NodeIntent)random.Next(3)); break;
            case 8: PeopleChange(node, random); break;
            case 9: node.Position = Math.Max(0, node.Position - random.Next(30)); break; // The agent restarts with a stale read.
        }
    }

    private void LosePower(ModelNode node)
    {
        if (!node.HasPower) return;
        foreach (var run in node.Running.Values) run.Until = _now;
        node.Running.Clear();
        node.Closed.Clear();
        _messages.RemoveAll(message => message.Node == node && _nonces % 2 == 0); // Half the time what was sent is still under way.
        (node.HasPower, node.IsFrozen, node.Deadline, node.WasRebooted) = (false, false, null, true);
        node.Observed = node.Observed.Clear();
    }

    private void AskForMove(ModelNode node, Random random)
    {
        if (!node.HasLease) return;
        var view = _store.At(node.Position);
        var role = view.Roles.Keys.ElementAt(random.Next(view.Roles.Count));
        try
        {
            Commit(node, view, [Planner.PlanMove(view, SeenBy(node), role, random.Next(2) == 0 ? null : _nodes[random.Next(_nodes.Length)].Name)]);
        }
        catch (HoldfastException)
        {
            // Refused: an answer like any other.
        }
    }

    private void Want(ModelNode node, NodeIntent intent) => _store.Commit([], (view, revision) => view with
    {
        Nodes = view.Nodes.SetItem(node.Name, new(view.Nodes[node.Name].Value with { Intent = intent }, revision)),
    });

    private void PeopleChange(ModelNode node, Random random)
    {
        var role = _store.View.Roles.Values.ElementAt(random.Next(_store.View.Roles.Count)).Value;
        switch (random.Next(3))
        {
            case 0 when _store.View.Leases[node.Name] is { Value.State: LeaseState.Live } lease:
                _store.Commit([], (view, revision) => view with { Leases = view.Leases.SetItem(node.Name, new(lease.Value with { State = LeaseState.Closing }, revision)) });
                break;
            case 1 when _store.View.Placements.TryGetValue(role.Name, out var placement) && placement.Value.Phase == PlacementPhase.Failed:
                var restart = Planner.PlanRestartAfterFailure(_store.View, role.Name, DateTimeOffset.UnixEpoch + _now);
                _store.CommitSteps([restart], _store.View.PlannerRevision, _guards);
                break;
            default:
                var wanted = role.Desired == DesiredState.Online ? DesiredState.Offline : DesiredState.Online;
                _store.Commit([], (view, revision) => view with { Roles = view.Roles.SetItem(role.Name, new(role with { Desired = wanted }, revision)) });
                break;
        }
    }
}
