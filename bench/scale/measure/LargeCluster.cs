using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;

namespace Holdfast.Bench.Scale;

/// <summary>A cluster as one node of it sees it, in memory. What the planner wants is committed as a store would take it, and owners do as they are told.</summary>
internal sealed class LargeCluster
{
    /// <summary>As many placements as fit into one transaction.</summary>
    private const int OneCommit = 120;
    private static readonly TimingProfile Timing = TimingProfile.Lan;

    public LargeCluster(int nodes, int roles, int seed)
    {
        Nodes = [.. Enumerable.Range(0, nodes).Select(n => new NodeName($"n{n:00}"))];
        View = ClusterView.Empty with { Settings = new ClusterSettings { Id = "id", Name = "large", Profile = Timing.Name, Generation = 1 } };
        Seen = new Observations { Now = new ClockReading(TimeSpan.FromHours(1), TimeSpan.FromHours(1)), Wall = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero) };
        foreach (var node in Nodes)
        {
            View = View with { Nodes = View.Nodes.SetItem(node, new(new NodeRecord { Name = node, Kind = NodeKind.Member, Voter = true, Address = "10.0.0.1", ApiPort = 7443, Intent = NodeIntent.Active, CertificateFingerprint = "" }, Next())) };
            Renew(node);
        }

        var random = new Random(seed);
        for (var role = 0; role < roles; role++) Declare(Draw(role, random));
    }

    public ImmutableArray<NodeName> Nodes { get; }

    public ClusterView View { get; private set; }

    public Observations Seen { get; private set; }

    /// <summary>One decision: what every node asks itself after every change.</summary>
    public Plan Decide() => Planner.Plan(View, Seen);

    /// <summary>What fits into one commit, as one commit.</summary>
    public void Commit(Plan plan)
    {
        var revision = Next();
        foreach (var step in plan.Steps.Take(OneCommit)) View = View.Apply(step, revision);
    }

    /// <summary>Every owner does what its placements say.</summary>
    public bool OwnersDoTheirPart()
    {
        var before = View;
        foreach (var placement in before.Placements.Values.Select(versioned => versioned.Value).Where(placement => placement is { IsFree: false, Owner: not null }))
        {
            if (View.Leases[placement.Owner!.Value].Value.State == LeaseState.Ended) continue;
            if (placement.Phase == PlacementPhase.Releasing) Put(placement with { Phase = PlacementPhase.Released });
            else if (!View.Statuses.TryGetValue(placement.Role, out var status) || status.Value.Epoch != placement.Epoch) Say(placement, givenUp: false);
        }

        return !ReferenceEquals(before, View);
    }

    public void Renew(NodeName node)
    {
        var revision = Next();
        View = View with
        {
            Leases = View.Leases.SetItem(node, new(
                new LeaseRecord { Node = node, Incarnation = 1, Nonce = "n", Duration = Timing.LeaseDuration, Margin = Timing.Margin, State = LeaseState.Live, BootId = "boot" }, revision)),
        };
        Seen = Seen with { Leases = Seen.Leases.SetItem(node, new(revision, Seen.Now)) };
    }

    /// <summary>Time goes on until a node that falls silent is judged lost; the others renew.</summary>
    public void Lose(NodeName node)
    {
        var time = Timing.LeaseDuration + Timing.Margin;
        Seen = Seen with { Now = Seen.Now.Plus(time), Wall = Seen.Wall + time };
        foreach (var other in Nodes.Where(other => other != node && View.Leases[other].Value.State == LeaseState.Live)) Renew(other);
    }

    public void Change(NodeName node, Func<NodeRecord, NodeRecord> change) =>
        View = View with { Nodes = View.Nodes.SetItem(node, new(change(View.Nodes[node].Value), Next())) };

    public void Declare(RoleSpec role) => View = View with { Roles = View.Roles.SetItem(role.Name, new(role, Next())) };

    /// <summary>The owner of a role cannot keep it running.</summary>
    public void GiveUp(RoleName role) => Say(View.Placements[role].Value, givenUp: true);

    /// <summary>As administrators declare them: most do not care where they are, some prefer nodes, some may be on few, a few want company or none.</summary>
    private RoleSpec Draw(int number, Random random)
    {
        var role = new RoleSpec { Name = new RoleName($"role-{number:0000}"), StartTier = number % 50 == 0 ? 0 : 1, Failback = random.Next(2) == 0 ? Failback.Never : new(FailbackPolicy.AtOnce) };
        var some = Nodes.OrderBy(_ => random.Next()).Take(3).ToImmutableArray();
        return random.Next(10) switch
        {
            < 3 => role with { PreferredOwners = some },
            3 => role with { PossibleOwners = some },
            4 => role with { AntiAffinity = [new(Other(), Required: false)] },
            5 when number % 4 == 0 => role with { AntiAffinity = [new(Other(), Required: true)] },
            6 when number % 4 == 0 => role with { Affinity = [new(Other(), Required: false)] },
            _ => role,
        };

        RoleName Other() => new($"role-{random.Next(Math.Max(1, number)):0000}");
    }

    private void Say(Placement placement, bool givenUp) => View = View with
    {
        Statuses = View.Statuses.SetItem(placement.Role, new(new RoleStatus
        {
            Role = placement.Role, Node = placement.Owner!.Value, Epoch = placement.Epoch, State = givenUp ? OnlineState.Failed : OnlineState.Online, Reason = "bench", GivenUp = givenUp,
        }, Next())),
    };

    private void Put(Placement placement) => View = View with { Placements = View.Placements.SetItem(placement.Role, new(placement, Next())) };

    private long Next()
    {
        View = View with { Revision = View.Revision + 1 };
        return View.Revision;
    }
}
