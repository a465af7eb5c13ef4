using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Upgrades;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Planning;

/// <summary>Members a, b and c with a role db on a, and a client machine, laptop, with a job of its own.</summary>
public sealed class ClientTests
{
    private static readonly Scene Site = Of("a", "b", "c").Role("db").OnlineOn("db", "a")
        .Node("laptop", kind: NodeKind.Client, change: n => n with { Voter = false }).Renewed("laptop")
        .Role("home", r => r with { PossibleOwners = [N("laptop")], StartTier = -1 });

    private static readonly Scene Working = Site.Planned().Says("home", OnlineState.Online);

    [Fact]
    public void A_client_machine_is_given_the_job_that_is_its_alone()
    {
        Assert.Equal(N("laptop"), Site.Decided("home").Owner);
    }

    [Fact]
    public void A_role_that_may_also_be_elsewhere_never_goes_to_a_client_machine()
    {
        var scene = Site.Role("web", r => r with { PossibleOwners = [N("laptop"), N("b")], PreferredOwners = [N("laptop")] }).Planned();

        Assert.Equal(N("b"), scene.PlacementOf("web").Owner);
        Assert.Null(WhatIf.NextOwner(scene.View, scene.Seen, R("web")));
    }

    [Fact]
    public void Nobody_moves_and_nobody_is_told_when_a_client_machine_falls_silent()
    {
        var gone = Working.Lost("laptop").Planned();

        Assert.Equal(LeaseState.Ended, gone.View.Leases[N("laptop")].Value.State);
        Assert.Equal((N("a"), N("laptop")), (gone.PlacementOf("db").Owner, gone.PlacementOf("home").Owner));
        Assert.Equal((0, 0), (gone.Plan().Steps.Length, gone.Plan().Waiting.Count));
        Assert.Empty(gone.View.Nodes[N("laptop")].Value.Losses);
    }

    [Fact]
    public void A_client_machine_that_comes_back_has_its_job_again_at_the_next_epoch()
    {
        var back = Working.Lost("laptop").Planned().Lease("laptop", l => l with { Incarnation = 2, State = LeaseState.Live }).Observed("laptop").Planned();

        Assert.Equal((N("laptop"), 2L, Working.PlacementOf("home").Epoch.Next(1)), (back.PlacementOf("home").Owner, back.PlacementOf("home").OwnerIncarnation, back.PlacementOf("home").Epoch));
    }

    [Fact]
    public void A_client_machine_that_is_switched_off_in_good_order_takes_its_job_offline_and_holds_up_no_upgrade()
    {
        var off = Working.Node("laptop", NodeIntent.Draining, NodeKind.Client, n => n with { Voter = false, ShuttingDown = true }).Planned().Released("home").Lease("laptop", l => l with { State = LeaseState.Ended, EndedClean = true }).Planned();

        Assert.Equal((PlacementPhase.Released, 0), (off.PlacementOf("home").Phase, off.Plan().Waiting.Count));
        UpgradeRules.Require(off.View, off.Seen, N("b"));
    }

    [Fact]
    public void Roles_of_later_tiers_do_not_wait_for_a_job_of_a_client_machine()
    {
        var scene = Site.Role("web").Planned();

        Assert.Equal((N("laptop"), N("b")), (scene.PlacementOf("home").Owner, scene.PlacementOf("web").Owner));
    }

    [Fact]
    public void Loads_are_spread_without_the_empty_client_machine()
    {
        var scene = Of("a", "b").Node("laptop", kind: NodeKind.Client).Renewed("laptop");
        foreach (var role in new[] { "r1", "r2" }) scene = scene.Role(role, r => r with { Failback = new(FailbackPolicy.AtOnce) }).OnlineOn(role, "a");
        foreach (var role in new[] { "r3", "r4" }) scene = scene.Role(role, r => r with { Failback = new(FailbackPolicy.AtOnce) }).OnlineOn(role, "b");

        Assert.Empty(scene.Plan().Steps);
    }

    [Fact]
    public void Redundancy_is_counted_without_client_machines()
    {
        Assert.DoesNotContain(WhatIf.Failures(Working.View, Working.Seen), failure => failure.Lost.Contains(N("laptop")));
        Assert.True(WhatIf.Reboot(Working.View, Working.Seen, N("laptop")).Yes);
        Assert.Equal([], WhatIf.Reboot(Working.View, Working.Seen, N("b")).HasNone);
    }

    [Fact]
    public void Many_client_machines_that_go_to_sleep_keep_no_member_from_being_counted_as_lost()
    {
        var scene = Enumerable.Range(0, 5).Aggregate(Of("a", "b", "c"), (s, i) => s.Node($"l{i}", kind: NodeKind.Client).Renewed($"l{i}"));
        var after = scene.After(Duration + Margin, "b", "c").Planned();

        Assert.Single(after.View.Nodes[N("a")].Value.Losses);
        Assert.Empty(after.View.Nodes[N("l0")].Value.Losses);
    }

    [Fact]
    public void The_timing_of_client_machines_can_work_over_the_members_of_any_profile()
    {
        Assert.All(TimingProfile.All, profile => Assert.Empty(TimingProfile.Client.Over(profile).BrokenRules()));
    }
}
