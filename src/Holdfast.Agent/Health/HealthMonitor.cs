using Holdfast.Agent.Events;
using Holdfast.Agent.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Health;

/// <summary>Looks after this node and writes down what runs out; what follows from that, the planner decides.</summary>
/// <param name="look">Takes one look at the machine: disk and memory.</param>
internal sealed class HealthMonitor(
    NodeName node, ClusterRegistry registry, ClusterFeed feed, LeaseKeeper keeper, Func<HealthSample> look, TimeProvider time, EventJournal journal)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private HealthJudge? _judge;

    /// <summary>Looks until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await time.PauseAsync(Interval, cancellationToken);
            if (feed.Current is not { } state || !keeper.Holds) continue;

            var known = state.View.Health.TryGetValue(node, out var said) ? said.Value.Problems : [];
            var before = _judge ?? HealthJudge.Knowing(known);
            _judge = before.Look(look() with { StoreTook = keeper.RenewalTook }, HealthLimits.Of(state.View.SettingsOf(node), keeper.Profile.LeaseDuration));
            foreach (var problem in _judge.Problems.Except(before.Problems)) journal.Add("node.unhealthy", $"Node {node} {problem.Sentence}. Roles move to nodes that are well while it still can let them go.");
            foreach (var problem in before.Problems.Except(_judge.Problems)) journal.Add("node.healthy", $"Node {node} is well again: {problem.Concern.ToString().ToLowerInvariant()} was what ran out.");
            if (_judge.Problems.SequenceEqual(known)) continue;
            try
            {
                // A conflict or an unknown outcome is asked again from the next view.
                await registry.PutAsync(RegistryKeys.Health(node), new NodeHealth { Node = node, Problems = _judge.Problems }, RegistryJson.Default.NodeHealth, said.Revision, cancellationToken);
            }
            catch (StoreUnavailableException)
            {
                // Then it is said when the store is back.
            }
        }
    }
}
