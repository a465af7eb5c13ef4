using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Tests.Declarations;

public sealed class SpecDiffTests
{
    private const string Before = """
        roles:
          web:
            resources:
              address: { type: ip-address, address: 10.0.0.1/24 }
              app:
                type: process
                depends-on: address
                command: [app, -x]
                user: www-data
                environment: { A: "1" }
                probes: [ { tcp: "10.0.0.1:80" } ]
              log: { type: process, command: tail }
        """;

    [Theory]
    [InlineData("", "", "", "takes effect in place")]
    [InlineData("    resources:", "    failback: at-once\n    weight: 4\n    resources:", "~ roles.web.failback: never -> at-once|~ roles.web.weight: 1 -> 4", "takes effect in place")]
    [InlineData("command: [app, -x]", "command: [app, -y]", "~ roles.web.resources.app.command: [app, -x] -> [app, -y]", "restarts app")]
    [InlineData("A: \"1\"", "A: \"2\", B: x", "~ roles.web.resources.app.environment.A: 1 -> 2|+ roles.web.resources.app.environment.B: x", "restarts app")]
    [InlineData("10.0.0.1/24", "10.0.0.2/24", "~ roles.web.resources.address.address: 10.0.0.1/24 -> 10.0.0.2/24", "restarts address, app")]
    [InlineData("10.0.0.1/24", "10.0.0.1/24, duplicate-check: 1s", "+ roles.web.resources.address.duplicate-check: 1s", "takes effect in place")]
    [InlineData("10.0.0.1:80", "10.0.0.1:81", "~ roles.web.resources.app.probes[0]: tcp 10.0.0.1:80, every 1s, timeout 2s, threshold 3 -> tcp 10.0.0.1:81, every 1s, timeout 2s, threshold 3", "takes effect in place")]
    [InlineData("command: tail", "command: tail, stop-signal: INT, stop-timeout: 5s", "+ roles.web.resources.log.stop-signal: INT|~ roles.web.resources.log.stop-timeout: 30s -> 5s", "takes effect in place")]
    [InlineData("command: tail", "command: tail, desired: offline", "~ roles.web.resources.log.desired: online -> offline", "stops log")]
    [InlineData("    resources:", "    desired: offline\n    resources:", "~ roles.web.desired: online -> offline", "stops address, app, log")]
    public void A_change_is_shown_with_what_it_does_to_what_runs(string replace, string with, string changes, string effect)
    {
        var before = Read(Before);
        var after = replace.Length == 0 ? before : Read(Before.Replace(replace, with, StringComparison.Ordinal));

        Assert.Equal(changes, string.Join('|', SpecDiff.Between(before, after)));
        Assert.Equal(effect, SpecEffects.Between(before, after).ToString());
    }

    [Fact]
    public void A_new_role_starts_and_a_removed_one_stops()
    {
        var role = Read(Before);

        Assert.Equal("starts address, app, log", SpecEffects.Between(null, role).ToString());
        Assert.Equal("stops address, app, log", SpecEffects.Between(role, null).ToString());
        Assert.All(SpecDiff.Between(null, role), change => Assert.Null(change.Before));
    }

    [Fact]
    public void A_requested_restart_restarts_the_resource_and_what_depends_on_it()
    {
        var before = Read(Before);
        var after = before with { Resources = before.Resources.SetItem(0, before.Resources[0] with { RestartRequests = 1 }) };

        Assert.Equal("restarts address, app", SpecEffects.Between(before, after).ToString());
    }

    private static RoleSpec Read(string yaml)
    {
        var result = DeclarationReader.Read(yaml, "f", null);
        result.ThrowIfInvalid();
        return result.Roles.Single();
    }
}
