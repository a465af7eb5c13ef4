using System.Text;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Tests.Declarations;

/// <summary>The policies of roles, as people write them.</summary>
public sealed class PolicyDeclarationTests
{
    [Fact]
    public void Every_policy_is_read_and_written_back()
    {
        const string yaml = """
            roles:
              web:
                affinity: [db, "prefer cache"]
                anti-affinity: [batch]
                failback: when-idle
                quarantine: 30m
                resources:
                  main:
                    type: process
                    command: [sleep, "9"]
                    idle: {command: [nobody-uses-it], threshold: 5}
                  metrics:
                    type: process
                    command: [sleep, "9"]
                    critical: false
              agents:
                mode: everywhere
                resources:
                  main:
                    type: process
                    command: [sleep, "9"]
              batch:
                failback: ask

            """;

        var result = DeclarationReader.Read(yaml, "f", null);

        Assert.Empty(result.Problems);
        var web = result.Roles[0];
        Assert.Equal<Affinity>([new(new("db")), new(new("cache"), Required: false)], [.. web.Affinity]);
        Assert.Equal((FailbackPolicy.WhenIdle, TimeSpan.FromMinutes(30)), (web.Failback.Policy, web.Quarantine!.Value));
        Assert.Equal((5, true), (web.Resources[0].Idle!.Threshold, web.Resources[1].NonCritical));
        Assert.Equal(RoleMode.Everywhere, result.Roles[1].Mode);
        Assert.Equal(yaml, DeclarationWriter.Write(result.Roles));
        Assert.Contains(SpecDiff.Between(null, web), change => change.Path == "roles.web.resources.main.idle");
    }

    [Theory]
    [InlineData("affinity: [web]", "roles.web.affinity: names the role itself.")]
    [InlineData("affinity: [must db]", "roles.web.affinity: 'must db' is no role; write its name when it must be so, or prefer NAME.")]
    [InlineData("{ affinity: [db], anti-affinity: [db] }", "roles.web.anti-affinity: names db, and so does affinity; remove one of them.")]
    [InlineData("failback: when-idle", "roles.web.failback: is when-idle, but no resource can tell; give one of them an idle probe")]
    [InlineData("failback: ask me", "roles.web.failback: 'ask me' has something after ask; only window takes times.")]
    [InlineData("quarantine: sometimes", "roles.web.quarantine: 'sometimes' is no quarantine; it is until-started, or a duration such as 30m.")]
    [InlineData("quarantine: 5s", "roles.web.quarantine: is 5s; it must be from 1m to 30d.")]
    [InlineData("mode: twice", "roles.web.mode: is 'twice'; it must be single or everywhere.")]
    [InlineData("{ mode: everywhere, preferred-owners: [a] }", "roles.web.preferred-owners: is for a role that is on one node at a time")]
    [InlineData("{ mode: everywhere, resources: { ip: { type: ip-address, address: 10.0.0.9/24 } } }", "roles.web.resources.ip.type: is ip-address, which can be on one node only")]
    [InlineData("resources: { x: { type: process, command: [sleep], critical: maybe } }", "roles.web.resources.x.critical: is 'maybe'; it must be true or false.")]
    [InlineData("resources: { x: { type: process, command: [sleep], critical: false } }", "roles.web.resources: none of them is critical")]
    [InlineData("resources: { x: { type: process, command: [sleep], critical: false }, y: { type: process, command: [sleep], depends-on: [x] } }", "roles.web.resources.y.depends-on: it is critical and depends on x, which is not")]
    public void A_policy_that_makes_no_sense_is_refused(string body, string complaint)
    {
        var yaml = body.StartsWith('{') ? $"roles: {{ web: {body} }}" : $"roles: {{ web: {{ {body} }} }}";

        Assert.Contains(DeclarationReader.Read(yaml, "f", [new("a")]).Problems, problem => problem.ToString().Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public void What_roles_want_of_each_other_is_checked_across_all_of_them()
    {
        RoleSpec Role(string name, params string[] affinity) => new() { Name = new(name), Affinity = [.. affinity.Select(other => new Affinity(new(other)))] };
        string[] Of(params RoleSpec[] roles) => [.. SpecRelations.Validate(roles, roles).Select(problem => $"{problem.Path}: {problem.Message}")];

        Assert.Equal(["roles.web.affinity: there is no role 'dbb'; did you mean 'db'?"], Of(Role("web", "dbb"), Role("db")));
        Assert.Contains("roles.a.affinity: the roles would follow each other in a circle: a → b → c → a; remove one of them.", Of(Role("a", "b"), Role("b", "c"), Role("c", "a")));
        Assert.Equal(["roles.a.affinity: it would have to be where c is, and is kept apart from it."], Of(Role("a", "b"), Role("b", "c"), Role("c") with { AntiAffinity = [new(new("a"))] }));
        Assert.Equal(["roles.a.affinity: names e, which runs everywhere; only a role that is on one node at a time can be named."], Of(Role("a", "e"), Role("e") with { Mode = RoleMode.Everywhere }));
        Assert.Empty(Of(Role("a", "c"), Role("b", "c"), Role("c")));
    }

    [Fact]
    public void A_role_that_an_older_version_stored_has_no_policies_that_it_did_not_know()
    {
        var role = RegistryJson.Decode(Encoding.UTF8.GetBytes("""{"name":"orders","resources":[{"name":"db","type":"process"}]}"""), RegistryJson.Default.RoleSpec);

        Assert.Empty(role.Affinity);
        Assert.Empty(role.AntiAffinity);
        Assert.Equal((RoleMode.Single, null, null), (role.Mode, role.Maintenance, role.Quarantine));
        Assert.Equal((false, null), (role.Resources[0].NonCritical, role.Resources[0].Idle));
    }
}
