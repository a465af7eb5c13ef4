using Holdfast.Agent.Declarations;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Tests.Declarations;

public sealed class DeclarationReaderTests
{
    private static readonly NodeName[] Nodes = [new("a"), new("b"), new("c")];

    private const string Orders = """
        roles:
          orders:
            possible-owners: [a, b, c]
            preferred-owners: [a, b]
            failback: window 02:00-04:00
            restarts: 2 in 10m
            failovers: 1 in 2h
            start-tier: 1
            priority: -5
            weight: 3
            desired: offline
            resources:
              data:    { type: disk, device: UUID=7d6a, target: /srv/orders, fence: lease }
              address: { type: ip-address, address: 10.0.0.100/24 }
              db:
                type: process
                depends-on: [data, address]
                command: [/usr/lib/postgresql/15/bin/postgres, -D, /srv/orders/pg]
                user: postgres
                environment: { LANG: C.UTF-8 }
                stop-signal: INT
                start-timeout: 1.5s
                stop-timeout: 30s
                probes:
                  - { tcp: "10.0.0.100:5432", interval: 250ms, timeout: 2s, threshold: 4 }
                  - { command: pg_isready -q }
                  - { http: "http://10.0.0.100/health" }
        """;

    [Fact]
    public void A_whole_role_is_read_as_it_is_written()
    {
        var result = DeclarationReader.Read(Orders, "orders.yaml", Nodes);

        Assert.Empty(result.Problems);
        var role = Assert.Single(result.Roles);
        Assert.Equal("orders", role.Name.Value);
        Assert.Equal(Nodes, role.PossibleOwners.ToArray());
        Assert.Equal(Nodes[..2], role.PreferredOwners.ToArray());
        Assert.Equal(new Failback(FailbackPolicy.Window, new TimeOnly(2, 0), new TimeOnly(4, 0)), role.Failback);
        Assert.Equal(new Budget(2, TimeSpan.FromMinutes(10)), role.Restarts);
        Assert.Equal(new Budget(1, TimeSpan.FromHours(2)), role.Failovers);
        Assert.Equal((1, -5, 3, DesiredState.Offline), (role.StartTier, role.Priority, role.Weight, role.Desired));
        Assert.Equal(["data", "address", "db"], role.Resources.Select(resource => resource.Name.Value));

        var db = role.Resources[2];
        Assert.Equal(["/usr/lib/postgresql/15/bin/postgres", "-D", "/srv/orders/pg"], db.Properties["command"].Items!.Value.ToArray());
        Assert.Equal("C.UTF-8", db.Properties["environment"].Entries!["LANG"]);
        Assert.Equal(TimeSpan.FromSeconds(1.5), db.StartTimeout);
        Assert.Equal([ProbeKind.Tcp, ProbeKind.Command, ProbeKind.Http], db.Probes.Select(probe => probe.Kind));
        Assert.Equal((TimeSpan.FromMilliseconds(250), 4), (db.Probes[0].Interval, db.Probes[0].Threshold));
        Assert.Equal(["pg_isready", "-q"], db.Probes[1].Command.ToArray());
    }

    [Fact]
    public void All_mistakes_are_reported_together_with_their_places()
    {
        const string yaml = """
            roles:
              orders:
                posible-owners: [a]
                preferred-owners: [a, d]
                possible-owners: [a, bb]
                failback: at-once 02:00-04:00
                restarts: 3 in 15
                weight: heavy
                resources:
                  data: { type: disk, device: UUID=1, target: srv, fsck: sometimes }
                  one:
                    type: proces
                    depends-on: [twoo]
                  two:
                    type: process
                    comand: [sleep, 1]
                    start-timeout: 30
                    stop-signal: TRM
                    depends-on: three
                    probes:
                      - { tcp: "10.0.0.1", intervall: 1s }
                      - { interval: 1s }
                      - { tcp: "a:1", http: "http://a" }
                  three:
                    type: ip-address
                    address: 10.0.0.0/24
                    user: x
                    depends-on: [two]
              Web: {}
            rolls: {}
            """;

        var result = DeclarationReader.Read(yaml, "o.yaml", Nodes);

        Assert.Equal(
            """
            o.yaml:3:5: roles.orders.posible-owners: there is no key 'posible-owners' in a role; did you mean 'possible-owners'?
            o.yaml:4:5: roles.orders.preferred-owners: there is no node 'd'; there are a, b, c.
            o.yaml:4:5: roles.orders.preferred-owners: d is preferred but not a possible owner; add it to possible-owners or remove it here.
            o.yaml:5:5: roles.orders.possible-owners: there is no node 'bb'; did you mean 'b'?
            o.yaml:6:15: roles.orders.failback: 'at-once 02:00-04:00' has something after at-once; only window takes times.
            o.yaml:7:15: roles.orders.restarts: '15' is not a duration; write a number and a unit, such as 250ms, 30s, 5m, 1h or 2d.
            o.yaml:8:13: roles.orders.weight: 'heavy' is not a whole number.
            o.yaml:10:43: roles.orders.resources.data.target: is 'srv'; it must be an absolute path.
            o.yaml:10:56: roles.orders.resources.data.fsck: is 'sometimes'; it must be when-dirty, always or never.
            o.yaml:12:9: roles.orders.resources.one.type: there is no resource type 'proces'; did you mean 'process'?
            o.yaml:13:9: roles.orders.resources.one.depends-on: there is no resource 'twoo'; did you mean 'two'?
            o.yaml:14:7: roles.orders.resources.two.command: is missing. The program and its arguments; it must stay in the foreground.
            o.yaml:16:9: roles.orders.resources.two.comand: resource type process has no property 'comand'; did you mean 'command'?
            o.yaml:17:24: roles.orders.resources.two.start-timeout: '30' is not a duration; write a number and a unit, such as 250ms, 30s, 5m, 1h or 2d.
            o.yaml:19:9: roles.orders.resources.two.depends-on: the dependencies go round in a circle: two → three → two; remove one of them.
            o.yaml:21:15: roles.orders.resources.two.probes[0].tcp: '10.0.0.1' is not host:port, such as 10.0.0.100:5432 or [2001:db8::1]:5432.
            o.yaml:21:32: roles.orders.resources.two.probes[0].intervall: there is no key 'intervall' in a probe; did you mean 'interval'?
            o.yaml:22:13: roles.orders.resources.two.probes[1]: asks nothing; give one of tcp, http or command.
            o.yaml:23:13: roles.orders.resources.two.probes[2]: has tcp and http; a probe asks one thing.
            o.yaml:26:9: roles.orders.resources.three.address: 10.0.0.0/24 is the address of the network itself.
            o.yaml:27:9: roles.orders.resources.three.user: resource type ip-address has no property 'user'; it has address, interface, duplicate-check.
            o.yaml:29:3: roles.Web: 'Web' is not a valid role name; use 1 to 63 of a-z, 0-9 and '-', starting and ending with a letter or digit.
            o.yaml:30:1: rolls: there is no key 'rolls' in a declaration; did you mean 'roles'?
            """,
            string.Join('\n', result.Problems));
        var error = Assert.Throws<HoldfastException>(result.ThrowIfInvalid);
        Assert.Equal((ErrorKind.Invalid, "declaration.invalid"), (error.Kind, error.Code));
        Assert.Contains("23 mistakes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("roles: [ { name: x }, { name: y } ]")]
    [InlineData("name: x\n---\nname: y\n")]
    [InlineData("# first\n---\nroles: { x: }\n---\nroles: { y: {} }\n")]
    public void Roles_come_as_a_map_a_list_or_a_document_each(string yaml)
    {
        var result = DeclarationReader.Read(yaml, "f", null);

        Assert.Empty(result.Problems);
        Assert.Equal(["x", "y"], result.Roles.Select(role => role.Name.Value));
    }

    [Theory]
    [InlineData("roles: { x: {}, x: {} }", "f:1:17", "cannot be read as YAML")]
    [InlineData("roles: { x: {} }\n---\nroles: { x: {} }", "f:1:10", "is declared more than once")]
    [InlineData("roles: [", "f:2:1", "cannot be read as YAML")]
    [InlineData("", "f", "declares no role")]
    [InlineData("roles: 5", "f:1:8", "must be a map")]
    [InlineData("roles: { x: { restarts: } }", "f:1:25", "has no value")]
    [InlineData("roles: { x: { restarts: [1] } }", "f:1:25", "must be one text")]
    [InlineData("roles: { x: { failback: window } }", "f:1:25", "the window has no times")]
    [InlineData("roles: { x: { failback: window 25:00-26:00 } }", "f:1:25", "is not a window")]
    [InlineData("roles: { x: { resources: { r: { command: a } } } }", "f:1:28", "is missing; it is one of process")]
    [InlineData("roles: { x: { resources: { r: { type: process, command: { a: b } } } } }", "f:1:48", "must be a list of texts")]
    [InlineData("roles: { x: { resources: { r: { type: process, command: [a], environment: { HOLDFAST_X: b } } } } }", "f:1:77", "reserved")]
    [InlineData("roles: [ { weight: 1 } ]", "f:1:10", "without 'name'")]
    public void Each_mistake_has_its_place_and_its_sentence(string yaml, string place, string sentence)
    {
        var problem = Assert.Single(DeclarationReader.Read(yaml, "f", null).Problems);

        Assert.StartsWith($"{place}: ", problem.ToString(), StringComparison.Ordinal);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Hostile_nesting_and_size_are_one_problem_and_no_crash()
    {
        Assert.Contains("nested deeper", Assert.Single(DeclarationReader.Read(new string('[', 500_000), "f", null).Problems).Message, StringComparison.Ordinal);
        Assert.Contains("1 MiB", Assert.Single(DeclarationReader.Read(new string(' ', 2_000_000), "f", null).Problems).Message, StringComparison.Ordinal);
        Assert.Contains("more values", Assert.Single(DeclarationReader.Read($"[{string.Concat(Enumerable.Repeat("a,", 200_000))}]", "f", null).Problems).Message, StringComparison.Ordinal);
        Assert.NotEmpty(DeclarationReader.Read("roles: &a { x: *a }", "f", null).Problems);
    }

    [Theory]
    [InlineData("{ type: disk, device: /dev/sdb1, target: /srv }", true)]
    [InlineData("{ type: disk, device: /dev/sdb1, target: /srv, fence: operator }", true)]
    [InlineData("{ type: disk, device: /dev/sdb1, target: /srv, fence: lease }", false)]
    [InlineData("{ type: process, command: sleep 1 }", false)]
    public void A_role_with_a_disk_that_only_the_lease_protects_needs_an_operators_word(string resource, bool needsWord)
    {
        var result = DeclarationReader.Read($"roles: {{ x: {{ resources: {{ r: {resource} }} }} }}", "f", null);

        Assert.Empty(result.Problems);
        Assert.Equal(needsWord, result.Roles[0].NeedsConfirmedEnd);
    }

    [Fact]
    public void Applying_a_file_keeps_what_it_does_not_name()
    {
        var result = DeclarationReader.Read("roles: { x: { resources: { r: { type: process, command: sleep 1 }, s: { type: process, command: sleep 1, desired: online } } } }", "f", null);
        var declared = result.Roles[0];
        var present = declared with
        {
            Desired = DesiredState.Offline,
            Resources = [declared.Resources[0] with { RestartRequests = 3, Desired = DesiredState.Offline }, declared.Resources[1] with { Desired = DesiredState.Offline }],
        };

        var stored = result.Over(present, declared);

        Assert.Equal(DesiredState.Offline, stored.Desired);
        Assert.Equal((3, DesiredState.Offline), (stored.Resources[0].RestartRequests, stored.Resources[0].Desired));
        Assert.Equal(DesiredState.Online, stored.Resources[1].Desired);
    }
}
