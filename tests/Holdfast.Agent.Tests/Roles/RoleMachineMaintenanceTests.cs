using Holdfast.Cluster.Roles;
using static Holdfast.Agent.Tests.Roles.MachineRole;

namespace Holdfast.Agent.Tests.Roles;

/// <summary>In maintenance the owner of a role observes and leaves alone.</summary>
public sealed class RoleMachineMaintenanceTests
{
    private static readonly RoleSpec Chain = Of("app:db", "db");

    [Fact]
    public void What_fails_is_neither_restarted_nor_counted_and_is_taken_up_when_it_is_over()
    {
        var role = Online(Chain).Maintain();

        Assert.Equal("", role.Failed("db").Asked);
        Assert.Equal((OnlineState.Failed, OnlineState.Online), (role.StateOf("db"), role.StateOf("app")));
        Assert.Equal(OnlineState.Failed, role.Machine.Summary().State);
        Assert.Contains("nothing is done in maintenance", role.Machine.Summary().Reason, StringComparison.Ordinal);
        Assert.Empty(role.Machine.Restarts);
        Assert.Null(role.Machine.GivenUp);

        Assert.Equal("-app", role.Maintain(begins: false).Asked);
        role.AnswerAll();
        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
    }

    [Fact]
    public void A_probe_that_fails_and_passes_again_is_shown_and_leaves_no_trace()
    {
        var role = Online(Chain).Maintain().Noticed("db", "no answer");
        Assert.Equal((OnlineState.Failed, ""), (role.Machine.Summary().State, role.Asked));

        role.Noticed("db", null);
        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
        Assert.Equal("", role.Maintain(begins: false).Asked);
    }

    [Fact]
    public void A_changed_declaration_takes_effect_when_it_is_over()
    {
        var role = Online(Chain).Maintain();

        Assert.Equal("", role.Change("db", r => r with { RestartRequests = 1 }).Asked);
        Assert.Equal("-app", role.Maintain(begins: false).Asked);
    }

    [Fact]
    public void What_was_under_way_is_finished_first()
    {
        var role = new MachineRole(Chain).Begin().Maintain();

        Assert.Equal("+app", role.CameOnline("db").Asked);
        role.CameOnline("app");
        Assert.Equal("", role.Failed("app").Asked);
    }

    [Fact]
    public void A_role_that_is_released_is_taken_offline_all_the_same()
    {
        var role = Online(Chain).Maintain().Failed("db").Leave();
        role.AnswerAll();

        Assert.True(role.Machine.IsOffline);
    }

    [Fact]
    public void A_restarted_agent_goes_on_with_what_runs_and_starts_nothing_else()
    {
        var role = new MachineRole(Chain with { Maintenance = Maintenance.Begin(DateTimeOffset.UnixEpoch, TimeSpan.FromHours(1), null) }, "app").Begin();

        Assert.Equal("+app", role.Asked);
        Assert.Equal("", role.CameOnline("app").Asked);
        Assert.Equal(OnlineState.Offline, role.StateOf("db"));
        role.Maintain(begins: false);
        role.AnswerAll();
        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
    }
}
