using System.Globalization;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Lab.Linux;

namespace Holdfast.Bench.Scale;

/// <summary>How long one call of the planner takes on one core, in a cluster of 64 nodes and 5,000 roles to which things happen.</summary>
internal static class PlannerDecisions
{
    private const int Nodes = 64;
    private const int Roles = 5000;
    private const int Rounds = 4;

    public static void Print()
    {
        var cluster = new LargeCluster(Nodes, Roles, seed: 1);
        var samples = new List<(string What, double Milliseconds)>();
        UntilQuiet(cluster, "first start of all", samples);
        samples.RemoveAll(_ => true); // The first ones are also compiled in.
        for (var round = 0; round < Rounds; round++)
        {
            for (var renewal = 0; renewal < 20; renewal++)
            {
                cluster.Renew(cluster.Nodes[(round + (7 * renewal)) % Nodes]);
                Decide(cluster, "nothing happens", samples);
            }

            var node = cluster.Nodes[(17 * round) % Nodes];
            cluster.Lose(node);
            UntilQuiet(cluster, "node lost", samples);
            cluster.Renew(node);
            UntilQuiet(cluster, "node back", samples);
            cluster.Change(node, record => record with { Intent = NodeIntent.Draining });
            UntilQuiet(cluster, "node drained", samples);
            cluster.Change(node, record => record with { Intent = NodeIntent.Active });
            UntilQuiet(cluster, "node active", samples);
            for (var role = 0; role < 10; role++)
            {
                var name = cluster.View.Roles.Keys.ElementAt(((round * 131) + (role * 17)) % Roles);
                if (cluster.View.Placements[name].Value.Phase != PlacementPhase.Assigned) continue;
                cluster.GiveUp(name);
                UntilQuiet(cluster, "role failed", samples);
            }
        }

        samples.AddRange(FirstStart());
        foreach (var kind in samples.GroupBy(sample => sample.What)) Console.WriteLine(Line(kind.Key, [.. kind.Select(sample => sample.Milliseconds).Order()]));
        Console.WriteLine(Line("all", [.. samples.Select(sample => sample.Milliseconds).Order()]));
    }

    private static List<(string, double)> FirstStart()
    {
        var samples = new List<(string, double)>();
        UntilQuiet(new LargeCluster(Nodes, Roles, seed: 2), "first start of all", samples);
        return samples;
    }

    private static void UntilQuiet(LargeCluster cluster, string what, List<(string, double)> samples)
    {
        for (var decisions = 0; decisions < 3000; decisions++)
        {
            var plan = Decide(cluster, what, samples);
            cluster.Commit(plan);
            if (!cluster.OwnersDoTheirPart() && plan.Steps.IsEmpty) return;
        }

        throw new InvalidOperationException($"After '{what}' the cluster does not come to rest.");
    }

    private static Plan Decide(LargeCluster cluster, string what, List<(string, double)> samples)
    {
        var start = BootClock.OfThisThread;
        var plan = cluster.Decide();
        samples.Add((what, (BootClock.OfThisThread - start).TotalMilliseconds));
        return plan;
    }

    private static string Line(string what, double[] sorted) => string.Create(CultureInfo.InvariantCulture,
        $"{{\"planner\":\"{what}\",\"nodes\":{Nodes},\"roles\":{Roles},\"decisions\":{sorted.Length},\"medianMs\":{sorted[sorted.Length / 2]:0.00},\"p99Ms\":{sorted[(int)(sorted.Length * 0.99)]:0.00},\"worstMs\":{sorted[^1]:0.00}}}");
}
