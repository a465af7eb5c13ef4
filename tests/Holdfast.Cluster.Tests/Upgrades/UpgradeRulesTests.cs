using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Tests.Planning;
using Holdfast.Cluster.Upgrades;
using static Holdfast.Cluster.Tests.Planning.Scene;

namespace Holdfast.Cluster.Tests.Upgrades;

public sealed class UpgradeRulesTests
{
    private static readonly Scene Three = Of("a", "b", "c")
        .Role("db").OnlineOn("db", "a").Role("web").OnlineOn("web", "a").Role("far").OnlineOn("far", "b");

    [Fact]
    public void Nodes_without_roles_come_first_and_who_asks_and_who_leads_the_store_come_late()
    {
        Assert.Equal(N("c"), Next(Three, Old("a"), Old("b"), Old("c")));
        Assert.Equal(N("b"), Next(Three, Old("a"), Old("b"), New("c")));
        Assert.Equal(N("a"), Next(Three, Old("a"), New("b"), New("c")));
        Assert.Null(Next(Three, New("a"), New("b"), New("c")));

        var idle = Of("a", "b", "c", "d");
        Assert.Equal(N("c"), UpgradeRules.Next(idle.View, [Old("a"), Old("b"), Old("c")], "2", self: N("a"), storeLeader: N("b")));
        Assert.Equal(N("a"), UpgradeRules.Next(idle.View, [Old("a"), Old("b")], "2", self: N("a"), storeLeader: N("b")));
    }

    [Fact]
    public void A_node_whose_restart_was_begun_before_comes_first_whatever_it_owns() =>
        Assert.Equal(N("a"), Next(Three.Node("a", NodeIntent.Draining, change: node => node with { ShuttingDown = true }), Old("a"), Old("b"), Old("c")));

    [Fact]
    public void An_agent_that_was_started_anew_under_an_old_leash_is_not_enough() =>
        Assert.Equal(N("c"), Next(Three, New("a"), New("b"), new NodeUpgradeState(N("c"), "2", "1", "2")));

    [Fact]
    public void A_node_is_restarted_when_quorum_and_roles_do_without_it() => UpgradeRules.Require(Three.View, Three.Seen, N("a"));

    [Fact]
    public void Two_nodes_are_never_restarted_at_once() =>
        Refused("upgrade.under-way", Three.Node("b", NodeIntent.Draining, change: node => node with { ShuttingDown = true }), "a");

    [Fact]
    public void Without_a_voter_that_is_down_already_no_other_is_restarted() =>
        Refused("upgrade.quorum", Three.Lease("c", lease => lease with { State = Cluster.Leases.LeaseState.Ended }), "b");

    [Fact]
    public void A_role_that_has_no_other_place_keeps_its_node_from_being_restarted() =>
        Refused("upgrade.role-stays", Three.Role("db", role => role with { PossibleOwners = [N("a")] }), "a");

    [Fact]
    public void A_paused_node_keeps_its_roles_and_is_left_alone()
    {
        Refused("upgrade.paused", Three.Node("b", NodeIntent.Paused), "b");
        var idle = Three.Node("c", NodeIntent.Paused);
        UpgradeRules.Require(idle.View, idle.Seen, N("c"));
    }

    [Fact]
    public void The_format_is_raised_when_every_node_reads_it_and_not_before()
    {
        var settings = Three.View.Settings!;
        var two = Said(Said(Three, "a", 2), "b", 2);

        Assert.Contains("c has not said", Assert.Throws<HoldfastException>(() => UpgradeRules.Raise(two.View, settings, 2)).Message, StringComparison.Ordinal);
        Assert.Contains("c runs v1", Assert.Throws<HoldfastException>(() => UpgradeRules.Raise(Said(two, "c", 1).View, settings, 2)).Message, StringComparison.Ordinal);
        Assert.Equal(2, UpgradeRules.Raise(Said(two, "c", 2).View, settings, 2).Format);
        Assert.Equal(2, UpgradeRules.Raise(two.Node("c", NodeIntent.Evicted).View, settings, 2).Format);
        Assert.Equal(3, UpgradeRules.Raise(two.View, settings with { Format = 3 }, 2).Format);
    }

    [Fact]
    public void A_record_without_newer_keys_has_the_first_formats_shape()
    {
        var role = new RoleSpec { Name = R("db"), PreferredOwners = [N("a")], Resources = [new ResourceSpec { Name = new("p"), Type = "process" }] };

        Assert.Null(SinceFormatAttribute.UsedBy(role));
        RecordFormat.Require(role, RecordFormat.First, "Role db");
    }

    [Fact]
    public void A_newer_key_is_refused_while_the_format_is_older_and_only_when_it_is_used()
    {
        var whole = new Whole(new Part { Deep = 5 }, new Part());

        Assert.Equal((3, "deep"), SinceFormatAttribute.UsedBy(whole));
        var error = Assert.Throws<HoldfastException>(() => RecordFormat.Require(whole, 2, "Role db"));
        Assert.Equal("format.not-yet", error.Code);
        Assert.Contains("Role db uses 'deep'", error.Message, StringComparison.Ordinal);
        RecordFormat.Require(whole, 3, "Role db");
        RecordFormat.Require(new Whole(new Part(), new Part { Text = "" }), 1, "Role db");
    }

    private sealed record Whole(params System.Collections.Immutable.ImmutableArray<Part> Parts);

    private sealed record Part
    {
        [SinceFormat(3)]
        public int Deep { get; init; }

        [SinceFormat(2)]
        public string? Text { get; init; }
    }

    private static Cluster.Naming.NodeName? Next(Scene scene, params NodeUpgradeState[] nodes) => UpgradeRules.Next(scene.View, nodes, "2", N("c"), storeLeader: null);

    private static NodeUpgradeState Old(string node) => new(N(node), "1", "1", "2");

    private static NodeUpgradeState New(string node) => new(N(node), "2", "2", "2");

    private static Scene Said(Scene scene, string node, int format) => scene with
    {
        View = scene.View with { Builds = scene.View.Builds.SetItem(N(node), new(new NodeBuild { Node = N(node), Version = $"v{format}", Format = format }, 1)) },
    };

    private static void Refused(string code, Scene scene, string node) =>
        Assert.Equal(code, Assert.Throws<HoldfastException>(() => UpgradeRules.Require(scene.View, scene.Seen, N(node))).Code);
}
