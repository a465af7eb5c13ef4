using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>A cluster as one node sees it, built step by step; every method returns the next state.</summary>
internal sealed record Scene
{
    public static readonly TimeSpan Duration = TimeSpan.FromMilliseconds(700);
    public static readonly TimeSpan Margin = TimeSpan.FromMilliseconds(127);
    public static readonly DateTimeOffset Noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    public required ClusterView View { get; init; }

    public required Observations Seen { get; init; }

    public static Scene Of(params string[] nodes)
    {
        var scene = new Scene
        {
            View = ClusterView.Empty with { Settings = new ClusterSettings { Id = "id", Name = "test", Profile = "lan", Generation = 1 } },
            Seen = new Observations { Now = new ClockReading(TimeSpan.FromHours(1), TimeSpan.FromHours(1)), Wall = Noon },
        };
        return nodes.Aggregate(scene, (s, node) => s.Node(node).Renewed(node));
    }

    public static NodeName N(string node) => new(node);

    public static RoleName R(string role) => new(role);

    public Scene Node(string node, NodeIntent intent = NodeIntent.Active, NodeKind kind = NodeKind.Member, Func<NodeRecord, NodeRecord>? change = null) => Write((view, revision) => view with
    {
        Nodes = view.Nodes.SetItem(N(node), new((change ?? (n => n))(new NodeRecord
        {
            Name = N(node), Kind = kind, Voter = true, Address = "10.0.0.1", ApiPort = 7443, Intent = intent, CertificateFingerprint = "",
        }), revision)),
    });

    /// <summary>The node says that something runs out, or that nothing does any more.</summary>
    public Scene Unwell(string node, bool unwell = true) => Write((view, revision) => view with
    {
        Health = view.Health.SetItem(N(node), new(new NodeHealth { Node = N(node), Problems = unwell ? [new(HealthConcern.Disk, "runs out of disk: 2 % of it is free")] : [] }, revision)),
    });

    /// <summary>The node takes no schedules.</summary>
    public Scene SchedulerStopped(string node) => Write((view, revision) => view with { StoppedSchedulers = view.StoppedSchedulers.SetItem(N(node), new(new SchedulerStop(N(node), Noon, "new disks"), revision)) });

    /// <summary>A job, which is a role with one resource.</summary>
    public Scene Job(string name, Func<RoleSpec, RoleSpec>? change = null) => Role(name, s => (change ?? (r => r))(s with { Resources = [new ResourceSpec { Name = new("job"), Type = JobRoles.ResourceType }] }));

    public Scene Lease(string node, Func<LeaseRecord, LeaseRecord> change)
    {
        var before = View.Leases.TryGetValue(N(node), out var lease) ? lease.Value : new LeaseRecord
        {
            Node = N(node), Incarnation = 1, Nonce = "n", Duration = Duration, Margin = Margin, State = LeaseState.Live, BootId = "boot",
        };
        return Write((view, revision) => view with { Leases = view.Leases.SetItem(N(node), new(change(before), revision)) });
    }

    /// <summary>The node renews, and this observer receives it now.</summary>
    public Scene Renewed(string node) => Lease(node, lease => lease).Observed(node);

    public Scene Observed(string node) =>
        this with { Seen = Seen with { Leases = Seen.Leases.SetItem(N(node), new(View.Leases[N(node)].Revision, Seen.Now)) } };

    /// <summary>Time passes and nobody renews but the nodes named.</summary>
    public Scene After(TimeSpan time, params string[] renewed)
    {
        var later = this with { Seen = Seen with { Now = Seen.Now.Plus(time), Wall = Seen.Wall + time } };
        return renewed.Aggregate(later, (s, node) => s.Renewed(node));
    }

    public Scene AfterMilliseconds(int milliseconds, params string[] renewed) => After(TimeSpan.FromMilliseconds(milliseconds), renewed);

    /// <summary>The node falls silent for long enough, while the others renew.</summary>
    public Scene Lost(string node)
    {
        var others = View.Leases.Values.Where(l => l.Value.State == LeaseState.Live && l.Value.Node != N(node)).Select(l => l.Value.Node.Value).ToArray();
        return After(Duration + Margin, others);
    }

    public Scene Role(string role, Func<RoleSpec, RoleSpec>? change = null)
    {
        var before = View.Roles.TryGetValue(R(role), out var spec) ? spec.Value : new RoleSpec { Name = R(role) };
        return Write((view, revision) => view with { Roles = view.Roles.SetItem(R(role), new((change ?? (s => s))(before), revision)) });
    }

    public Scene Place(string role, Func<Placement, Placement> change) => Write((view, revision) => view with
    {
        Placements = view.Placements.SetItem(R(role), new(change(view.Placements.TryGetValue(R(role), out var p) ? p.Value : Placement.Unplaced(R(role))), revision)),
    });

    /// <summary>The role belongs to the node's present incarnation, at the next epoch.</summary>
    public Scene OwnedBy(string role, string node, ChangeKind kind = ChangeKind.FirstStart) => Place(role, p => p with
    {
        Phase = PlacementPhase.Assigned, Owner = N(node), OwnerIncarnation = View.Leases[N(node)].Value.Incarnation, Epoch = p.Epoch.Next(1), Kind = kind, Target = null,
    });

    public Scene OnlineOn(string role, string node, ChangeKind kind = ChangeKind.FirstStart) => OwnedBy(role, node, kind).Says(role, OnlineState.Online);

    public Scene Says(string role, OnlineState state, bool givenUp = false, bool idle = false)
    {
        var placement = View.Placements[R(role)].Value;
        return Write((view, revision) => view with
        {
            Statuses = view.Statuses.SetItem(R(role), new(new RoleStatus
            {
                Role = R(role), Node = placement.Owner!.Value, Epoch = placement.Epoch, State = state, Reason = "the test says so", GivenUp = givenUp, Idle = idle,
            }, revision)),
        });
    }

    /// <summary>The owner finishes a release.</summary>
    public Scene Released(string role) => Place(role, p => p with { Phase = PlacementPhase.Released });

    public Plan Plan() => Planner.Plan(View, Seen);

    /// <summary>Commits everything the planner wants, as one.</summary>
    public Scene Planned() => Plan().Steps.Aggregate(this, (s, step) => s.Committed(step));

    public Scene Committed(PlanStep step) => this with { View = View.Apply(step, View.Revision + 1) };

    /// <summary>The one change to a placement that the plan holds.</summary>
    public Placement Decided(string role) => Assert.Single(Plan().Steps.OfType<PlanStep.Place>(), step => step.Next.Role == R(role)).Next;

    public Placement PlacementOf(string role) => View.Placements.TryGetValue(R(role), out var placement) ? placement.Value : Placement.Unplaced(R(role));

    public void StaysAsItIs(string role) => Assert.DoesNotContain(Plan().Steps.OfType<PlanStep.Place>(), step => step.Next.Role == R(role));

    public Because WaitingOf(string role)
    {
        StaysAsItIs(role);
        return Plan().Waiting[R(role)];
    }

    private Scene Write(Func<ClusterView, long, ClusterView> change)
    {
        var revision = View.Revision + 1;
        return this with { View = change(View, revision) with { Revision = revision } };
    }
}
