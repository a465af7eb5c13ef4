using Holdfast.Cluster.Roles;
using static Holdfast.Agent.Tests.Roles.MachineRole;

namespace Holdfast.Agent.Tests.Roles;

public sealed class RoleMachineTests
{
    private static readonly RoleSpec Chain = Of("app:db,ip", "db:disk", "disk", "ip");

    [Fact]
    public void Resources_start_as_soon_as_everything_they_depend_on_is_online()
    {
        var role = new MachineRole(Chain);

        Assert.Equal("+disk +ip", role.Begin().Asked);
        Assert.Equal("", role.CameOnline("ip").Asked);
        Assert.Equal("+db", role.CameOnline("disk").Asked);
        Assert.Equal("+app", role.CameOnline("db").Asked);
        Assert.Equal(OnlineState.Starting, role.Machine.Summary().State);
        role.CameOnline("app");
        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
    }

    [Fact]
    public void Leaving_stops_resources_only_when_nothing_that_depends_on_them_is_left()
    {
        var role = Online(Chain);

        Assert.Equal("-app", role.Leave().Asked);
        Assert.Equal("-db -ip", role.WentOffline("app").Asked);
        Assert.Equal("", role.WentOffline("ip").Asked);
        Assert.Equal("-disk", role.WentOffline("db").Asked);
        Assert.Equal(OnlineState.Stopping, role.Machine.Summary().State);
        role.WentOffline("disk");
        Assert.True(role.Machine.IsOffline);
        Assert.Equal(OnlineState.Offline, role.Machine.Summary().State);
    }

    [Fact]
    public void Leaving_in_the_middle_of_a_start_stops_what_was_started_and_starts_nothing_more()
    {
        var role = new MachineRole(Chain).Begin().CameOnline("disk");

        Assert.Equal("-db -ip", role.Leave().Asked);
        Assert.Equal("", role.CameOnline("ip").Asked);
        role.AnswerAll();

        Assert.True(role.Machine.IsOffline);
    }

    [Fact]
    public void A_role_that_leaves_does_not_come_back_by_a_new_declaration()
    {
        var role = Online(Of("app")).Leave().WentOffline("app");

        role.Declare(Of("app", "more"));

        Assert.Equal("", role.Asked);
        Assert.True(role.Machine.IsOffline);
    }

    [Fact]
    public void A_failure_takes_what_depends_on_it_down_and_up_again_and_leaves_the_rest_alone()
    {
        var role = Online(Chain);

        Assert.Equal("-app", role.Failed("db").Asked);
        Assert.Equal("-db", role.WentOffline("app").Asked);
        Assert.Equal("+db", role.WentOffline("db").Asked);
        Assert.Equal("+app", role.CameOnline("db").Asked);
        role.CameOnline("app");
        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
    }

    [Fact]
    public void A_failed_start_is_verified_offline_before_it_is_tried_again()
    {
        var role = new MachineRole(Of("app")).Begin();

        Assert.Equal("-app", role.Failed("app").Asked);
        Assert.Equal("+app", role.WentOffline("app").Asked);
    }

    [Fact]
    public void A_second_report_of_the_same_failure_does_not_count_as_another()
    {
        var role = Online(Of("app"));

        role.Failed("app").Failed("app").Failed("app");
        role.AnswerAll();

        Assert.Null(role.Machine.GivenUp);
        Assert.Single(role.Machine.Restarts);
    }

    [Fact]
    public void The_role_is_given_up_when_its_restart_budget_is_spent_and_nothing_more_is_started()
    {
        var role = Online(Chain);
        for (var failure = 0; failure < 2; failure++)
        {
            role.Failed("db");
            role.AnswerAll();
        }

        Assert.Equal("", role.Failed("db").Asked);

        Assert.Equal(OnlineState.Failed, role.Machine.Summary().State);
        Assert.Contains("db failed (exit 1)", role.Machine.GivenUp);
        Assert.Contains("2 in 1m is spent", role.Machine.GivenUp);
        Assert.Equal(OnlineState.Online, role.StateOf("ip"));
        role.Leave();
        role.AnswerAll();
        Assert.True(role.Machine.IsOffline);
    }

    [Fact]
    public void Failures_that_lie_further_back_than_the_budget_s_period_do_not_count()
    {
        var role = Online(Of("app"));
        for (var failure = 0; failure < 10; failure++)
        {
            role.Wait(TimeSpan.FromSeconds(31)).Failed("app");
            role.AnswerAll();
        }

        Assert.Null(role.Machine.GivenUp);
        Assert.Equal(OnlineState.Online, role.StateOf("app"));
    }

    [Fact]
    public void A_budget_of_none_gives_up_at_the_first_failure()
    {
        var role = Online(Of("app") with { Restarts = new Budget(0, TimeSpan.FromMinutes(1)) });

        Assert.NotNull(role.Failed("app").Machine.GivenUp);
    }

    [Fact]
    public void A_failure_while_leaving_neither_counts_nor_gives_up()
    {
        var role = Online(Chain).Leave();

        role.Failed("db");
        role.AnswerAll();

        Assert.True(role.Machine.IsOffline);
        Assert.Empty(role.Machine.Restarts);
    }

    [Fact]
    public void A_new_declaration_is_a_new_chance_for_a_role_that_was_given_up()
    {
        var role = Online(Of("app") with { Restarts = new Budget(0, TimeSpan.FromMinutes(1)) }).Failed("app");

        role.Declare(Of("app"));

        Assert.Equal("-app", role.Asked);
        Assert.Equal("+app", role.WentOffline("app").Asked);
    }

    [Fact]
    public void A_closed_epoch_stays_closed_whatever_is_declared()
    {
        var role = new MachineRole(Of("app")).Begin().Closed();

        role.Declare(Of("app", "more"));

        Assert.Equal("", role.Asked);
        Assert.NotNull(role.Machine.GivenUp);
    }

    [Fact]
    public void An_added_resource_is_started_without_touching_the_others()
    {
        var role = Online(Of("app"));

        role.Declare(Of("app", "metrics:app"));

        Assert.Equal("+metrics", role.Asked);
    }

    [Fact]
    public void A_removed_resource_is_stopped_after_what_depended_on_it_and_then_forgotten()
    {
        var role = Online(Chain);

        Assert.Equal("-app", role.Declare(Of("db:disk", "disk", "ip")).Asked);
        role.WentOffline("app");

        Assert.DoesNotContain(new("app"), role.Machine.Cells.Keys);
        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
    }

    [Fact]
    public void A_resource_that_was_removed_and_declared_again_while_it_stopped_is_started_again()
    {
        var role = Online(Of("app")).Declare(Of("other"));

        Assert.Equal("", role.Declare(Of("app", "other")).Asked);
        Assert.Equal("+app", role.WentOffline("app").Asked);
    }

    [Fact]
    public void A_change_that_needs_no_restart_is_taken_in_place()
    {
        var role = Online(Chain);

        role.Change("db", db => db with { StopTimeout = TimeSpan.FromSeconds(99), Probes = [new ProbeSpec { Kind = ProbeKind.Tcp, Target = "127.0.0.1:1" }] });

        Assert.Equal("~db", role.Asked);
        Assert.Equal(TimeSpan.FromSeconds(99), role.Machine.Cells[new("db")].Spec.StopTimeout);
    }

    [Fact]
    public void What_must_restart_for_a_change_is_stopped_as_it_was_started()
    {
        var role = Online(Of("app"));

        role.Change("app", app => app with { RestartRequests = 1, StopTimeout = TimeSpan.FromSeconds(99) });

        Assert.Equal("-app", role.Asked);
        Assert.NotEqual(TimeSpan.FromSeconds(99), role.Machine.Cells[new("app")].Spec.StopTimeout);
    }

    [Fact]
    public void The_exit_of_a_process_before_the_present_one_is_not_charged()
    {
        var role = new MachineRole(Of("app")).Begin().Launched("app", 7).CameOnline("app").Failed("app").WentOffline("app");
        Assert.Equal("+app", role.Asked);

        role.Exited("app", 7).Launched("app", 8).Exited("app", 7).CameOnline("app").Exited("app", 7);

        Assert.Equal(OnlineState.Online, role.StateOf("app"));
        Assert.Single(role.Machine.Restarts);
        Assert.Equal("-app", role.Exited("app", 8).Asked);
    }

    [Fact]
    public void An_exit_that_is_told_before_the_start_was_answered_counts()
    {
        var role = new MachineRole(Of("app")).Begin();

        Assert.Equal("", role.Exited("app", 7).Asked);
        Assert.Equal("-app", role.Launched("app", 7).Asked);
    }

    [Fact]
    public void A_restart_asked_for_cycles_the_resource_and_what_depends_on_it_and_costs_no_budget()
    {
        var role = Online(Chain);

        role.Change("db", db => db with { RestartRequests = 1 });

        Assert.Equal("-app", role.Asked);
        Assert.Equal("-db +db +app", role.AnswerAll());
        Assert.Empty(role.Machine.Restarts);
        Assert.Equal(1, role.Machine.Cells[new("db")].Spec.RestartRequests);
    }

    [Fact]
    public void A_resource_wanted_offline_goes_down_with_all_that_stands_on_it_and_the_rest_stays()
    {
        var role = Online(Chain);

        role.Change("disk", disk => disk with { Desired = DesiredState.Offline });

        Assert.Equal("-app", role.Asked);
        Assert.Equal("-db -disk", role.AnswerAll());
        Assert.Equal(OnlineState.Online, role.StateOf("ip"));
        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
    }

    [Fact]
    public void A_resource_wanted_online_again_brings_back_what_stands_on_it()
    {
        var role = Online(Chain).Change("disk", disk => disk with { Desired = DesiredState.Offline });
        role.AnswerAll();

        role.Change("disk", disk => disk with { Desired = DesiredState.Online });

        Assert.Equal("+disk", role.Asked);
        Assert.Equal("+db +app", role.AnswerAll());
    }

    [Fact]
    public void Turning_a_dependency_round_while_one_of_them_restarts_does_not_block_either()
    {
        var role = Online(Of("a:b", "b"));

        role.Declare(role.Machine.Spec with { Resources = [Resource("a") with { RestartRequests = 1 }, Resource("b:a")] });
        role.AnswerAll();

        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
        Assert.All(role.Machine.Cells.Values, cell => Assert.False(cell.Cycle));
    }

    [Fact]
    public void What_is_not_ready_stays_online_and_costs_no_budget_until_it_fails()
    {
        var role = MachineRole.Online(MachineRole.Of("db", "app:db"));

        for (var round = 0; round < 5; round++)
        {
            role.Ready("db", "replays its log");
            Assert.Equal(("", OnlineState.Online), (role.Asked, role.Machine.Summary().State));
            Assert.Contains("not ready: db", role.Machine.Summary().Reason, StringComparison.Ordinal);
            Assert.Contains("replays its log", role.Machine.Cells[new("db")].Reason, StringComparison.Ordinal);
            role.Ready("db", null);
            Assert.Equal("every resource is online", role.Machine.Summary().Reason);
        }

        Assert.Empty(role.Machine.Restarts);
        role.Ready("db", "gone").Failed("db");
        Assert.Single(role.Machine.Restarts);
    }

    [Fact]
    public void A_readiness_told_late_changes_nothing_of_what_is_not_online()
    {
        var role = MachineRole.Online(MachineRole.Of("db"));
        role.Failed("db");

        role.Ready("db", "late");

        Assert.DoesNotContain("late", role.Machine.Cells[new("db")].Reason, StringComparison.Ordinal);
    }
}
