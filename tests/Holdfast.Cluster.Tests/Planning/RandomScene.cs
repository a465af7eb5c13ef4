using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>Any view and observations at all, likely or not, from one number.</summary>
internal static class RandomScene
{
    private static readonly string[] Names = ["a", "b", "c", "d", "e"];

    public static Scene Of(int seed)
    {
        var random = new Random(seed);
        var names = Names[..random.Next(1, Names.Length + 1)];
        var scene = names.Aggregate(Scene.Of(), (s, name) => WithNode(s, name, random));
        if (random.Next(15) == 0) scene = scene with { View = scene.View with { Settings = scene.View.Settings! with { Maintenance = AnyMaintenance(random) } } };
        for (var i = random.Next(7); i > 0; i--) scene = WithRole(scene, $"r{i}", names, random, following: i + 1);
        return scene.AfterMilliseconds(random.Next(3) == 0 ? random.Next(1000) : random.Next(300));
    }

    /// <summary>A scene that a cluster can really get into: every owner has, or had, a lease of that incarnation, and every lease was received.</summary>
    public static Scene Reachable(int seed)
    {
        var scene = Of(seed);
        foreach (var placement in scene.View.Placements.Values.Select(p => p.Value))
        {
            var owner = placement.Owner!.Value.Value;
            scene = scene.Lease(owner, l => scene.View.Leases.ContainsKey(N(owner))
                ? l with { Incarnation = Math.Max(l.Incarnation, placement.OwnerIncarnation) }
                : l with { Incarnation = placement.OwnerIncarnation, State = LeaseState.Ended });
        }

        return scene.View.Leases.Keys.Where(node => scene.Seen.Leases.GetValueOrDefault(node).Revision != scene.View.Leases[node].Revision)
            .Aggregate(scene, (s, node) => s.Observed(node.Value));
    }

    private static Scene WithNode(Scene scene, string name, Random random)
    {
        if (random.Next(12) > 0)
        {
            scene = scene.Node(name, Pick<NodeIntent>(random, usual: NodeIntent.Active), random.Next(8) switch { 0 => NodeKind.Witness, 1 => NodeKind.Client, _ => NodeKind.Member }, n => n with
            {
                Quarantine = random.Next(8) == 0 ? new(Noon - TimeSpan.FromMinutes(30), Noon + TimeSpan.FromMinutes(random.Next(-10, 60)), "is a random node") : null,
                Losses = [.. Enumerable.Range(0, random.Next(6)).Select(_ => Noon - TimeSpan.FromMinutes(random.Next(100)))],
                ShuttingDown = random.Next(12) == 0,
            });
        }

        if (random.Next(12) == 0) return scene;

        scene = scene.AfterMilliseconds(random.Next(200)).Lease(name, l => l with
        {
            Incarnation = random.Next(1, 4),
            State = Pick<LeaseState>(random, usual: LeaseState.Live),
            EndedClean = random.Next(3) == 0,
            ConfirmedDown = random.Next(3) == 0,
        });
        if (random.Next(8) == 0) scene = scene.Unwell(name);
        return random.Next(10) == 0 ? scene : scene.Observed(name);
    }

    private static Scene WithRole(Scene scene, string role, string[] names, Random random, int following)
    {
        var everywhere = random.Next(6) == 0;
        scene = scene.Role(role, s => s with
        {
            Mode = everywhere ? RoleMode.Everywhere : RoleMode.Single,
            PossibleOwners = random.Next(3) == 0 ? Some(names, random) : [],
            PreferredOwners = random.Next(2) == 0 ? Some(names, random) : [],
            // Only ever one with a greater number: what goes round in a circle is refused when it is declared.
            Affinity = random.Next(5) == 0 ? [new(R($"r{random.Next(following, 8)}"), random.Next(2) == 0)] : [],
            AntiAffinity = random.Next(4) == 0 ? [new(R($"r{random.Next(8)}"), random.Next(3) > 0)] : [],
            Quarantine = random.Next(3) == 0 ? TimeSpan.FromMinutes(random.Next(1, 60)) : null,
            Failback = random.Next(5) switch
            {
                0 => Failback.Never,
                2 => new(FailbackPolicy.WhenIdle),
                3 => new(FailbackPolicy.Ask),
                1 => new(FailbackPolicy.AtOnce),
                _ => new(FailbackPolicy.Window, new TimeOnly(random.Next(24), 0), new TimeOnly(random.Next(24), 0)),
            },
            Failovers = new Budget(random.Next(4), TimeSpan.FromMinutes(random.Next(1, 90))),
            StartTier = random.Next(3),
            Priority = random.Next(3),
            Weight = random.Next(4),
            Desired = random.Next(6) == 0 ? DesiredState.Offline : DesiredState.Online,
            Deleting = random.Next(12) == 0,
            NeedsConfirmedEnd = random.Next(4) == 0,
            Maintenance = random.Next(8) == 0 ? AnyMaintenance(random) : null,
        });
        var parts = everywhere ? names.Select(name => $"{role}@{name}") : [role];
        return parts.Where(_ => random.Next(4) > 0).Aggregate(scene, (s, part) => WithPlacement(s, part, names, random));
    }

    private static Scene WithPlacement(Scene scene, string role, string[] names, Random random)
    {
        scene = scene.Place(role, p => p with
        {
            Phase = Pick<PlacementPhase>(random, usual: PlacementPhase.Assigned),
            Epoch = new Epoch(1, random.Next(1, 50)),
            Owner = R(role).Node ?? Any(names, random),
            OwnerIncarnation = random.Next(1, 4),
            Target = random.Next(3) == 0 ? Any(names, random) : null,
            QuarantinedUntil = random.Next(6) == 0 ? Noon + TimeSpan.FromMinutes(random.Next(-10, 60)) : null,
            Kind = Pick<ChangeKind>(random, usual: ChangeKind.NodeLost),
            Failures = [.. Enumerable.Range(0, random.Next(4)).Select(_ => new FailureEntry(Any(names, random), Noon - TimeSpan.FromMinutes(random.Next(100))))],
        });
        return random.Next(4) == 0 ? scene : scene.Says(role, Pick<OnlineState>(random, usual: OnlineState.Online), random.Next(8) == 0, idle: random.Next(2) == 0);
    }

    private static Maintenance AnyMaintenance(Random random) =>
        new() { Since = Noon - TimeSpan.FromMinutes(random.Next(120)), Until = Noon + TimeSpan.FromMinutes(random.Next(-10, 120)), Reminders = random.Next(4) };

    private static NodeName Any(string[] names, Random random) => N(names[random.Next(names.Length)]);

    private static ImmutableArray<NodeName> Some(string[] names, Random random) =>
        [.. names.Where(_ => random.Next(2) == 0).OrderBy(_ => random.Next()).Select(N)];

    private static T Pick<T>(Random random, T usual) where T : struct, Enum =>
        random.Next(3) > 0 ? usual : Enum.GetValues<T>()[random.Next(Enum.GetValues<T>().Length)];
}
