using Holdfast.Cluster.Roles;
using static Holdfast.Agent.Tests.Roles.MachineRole;

namespace Holdfast.Agent.Tests.Roles;

/// <summary>A role goes on without what is not critical.</summary>
public sealed class RoleMachineCriticalTests
{
    private static readonly RoleSpec WithMetrics = Of("db", "metrics:db", "graphs:metrics") is var role
        ? role with { Resources = [role.Resources[0], role.Resources[1] with { NonCritical = true }, role.Resources[2] with { NonCritical = true }] } : null!;

    [Fact]
    public void What_is_not_critical_is_left_failed_when_its_restarts_are_spent_and_the_role_stays_online()
    {
        var role = FailTwice(Online(WithMetrics), "metrics");

        role.Failed("metrics");
        role.AnswerAll();

        Assert.Null(role.Machine.GivenUp);
        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
        Assert.Contains("metrics is not", role.Machine.Summary().Reason, StringComparison.Ordinal);
        Assert.Equal((OnlineState.Online, OnlineState.Offline, OnlineState.Offline), (role.StateOf("db"), role.StateOf("metrics"), role.StateOf("graphs")));
        Assert.False(role.Machine.IsWhole);
    }

    [Fact]
    public void Its_failures_do_not_use_up_the_restarts_of_what_is_critical()
    {
        var role = FailTwice(Online(WithMetrics), "metrics");

        role = FailTwice(role, "db");

        Assert.Null(role.Machine.GivenUp);
        Assert.NotNull(role.Failed("db").Machine.GivenUp);
    }

    [Fact]
    public void A_restart_asked_for_by_hand_is_a_new_chance()
    {
        var role = FailTwice(Online(WithMetrics), "metrics").Failed("metrics");
        role.AnswerAll();

        Assert.Equal("+metrics", role.Change("metrics", r => r with { RestartRequests = 1 }).Asked);
        Assert.Equal("+graphs", role.CameOnline("metrics").Asked);
    }

    [Fact]
    public void The_role_is_online_as_soon_as_everything_critical_is()
    {
        var role = new MachineRole(WithMetrics).Begin().CameOnline("db");

        Assert.Equal(OnlineState.Online, role.Machine.Summary().State);
        Assert.Equal(OnlineState.Starting, role.StateOf("metrics"));
    }

    private static MachineRole FailTwice(MachineRole role, string resource)
    {
        for (var failure = 0; failure < 2; failure++)
        {
            role.Failed(resource);
            role.AnswerAll();
        }

        return role;
    }
}
