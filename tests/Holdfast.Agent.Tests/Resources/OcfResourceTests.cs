using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources.OpenCluster;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

public sealed class OcfResourceTests
{
    private const string Address = "{ type: ocf, agent: 'ocf:heartbeat:IPaddr2', parameters: { ip: 10.0.0.5, nic: eth0 }, start-timeout: 7s, stop-timeout: 3s }";

    private const string Metadata = """
        <?xml version="1.0"?>
        <!DOCTYPE resource-agent SYSTEM "ra-api-1.dtd">
        <resource-agent name="X" version="1.0">
        <parameters>
        <parameter name="ip" required="1"><shortdesc lang="en">The  address
        to have</shortdesc><content type="string" default=""/></parameter>
        <parameter name="count" required="0"><content type="integer" default="5"/></parameter>
        </parameters>
        <actions>
        <action name="start" timeout="20s"/><action name="stop" timeout="2min"/>
        <action name="monitor" timeout="30s" depth="0" interval="10s"/><action name="monitor" timeout="60s" depth="10" interval="30s"/>
        <action name="meta-data" timeout="5"/>
        </actions>
        </resource-agent>
        """;

    [Fact]
    public void What_an_agent_tells_of_itself_is_read()
    {
        var metadata = OcfMetadata.Parse(Metadata);

        Assert.Equal(["count", "ip"], metadata.Parameters.Keys.Order());
        Assert.Equal((true, "The address to have"), (metadata.Parameters["ip"].Required, metadata.Parameters["ip"].Help));
        Assert.Equal(("integer", "5"), (metadata.Parameters["count"].Type, metadata.Parameters["count"].Default));
        Assert.Equal(TimeSpan.FromMinutes(2), metadata.TimeoutOf("stop", TimeSpan.Zero));
        Assert.Equal(new OcfAction(TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(10)), metadata.Actions["monitor"]);
        Assert.Equal(TimeSpan.FromSeconds(9), metadata.TimeoutOf("promote", TimeSpan.FromSeconds(9)));
    }

    [Theory]
    [InlineData("ocf:heartbeat:IPaddr2", "/usr/lib/ocf/resource.d/heartbeat/IPaddr2")]
    [InlineData("ocf:acme-1:my.agent", "/usr/lib/ocf/resource.d/acme-1/my.agent")]
    [InlineData("heartbeat:IPaddr2", null)]
    [InlineData("ocf:heartbeat:../../../bin/sh", null)]
    [InlineData("ocf:..:x", null)]
    [InlineData("ocf:heartbeat:.ocf-shellfuncs", null)]
    [InlineData("systemd:nginx", null)]
    public void An_agent_is_named_by_provider_and_name(string text, string? path) => Assert.Equal(path, OcfAgent.TryParse(text)?.Path);

    [Theory]
    [InlineData("ocf:heartbeat:IPaddr2", "ip: 10.0.0.5", "address\t-\t10.0.0.5")]
    [InlineData("ocf:heartbeat:IPv6addr", "ipv6addr: '2001:db8::5/64'", "address\t-\t2001:db8::5")]
    [InlineData("ocf:heartbeat:Filesystem", "directory: /srv/x, device: /dev/x, fstype: ext4", "mount\t-\t/srv/x")]
    [InlineData("ocf:heartbeat:pgsql", "pgdata: /srv/x", null)]
    public void What_an_agent_is_known_to_do_outside_of_its_processes_the_leash_takes_back(string agent, string parameters, string? revocation)
    {
        var context = TestRole.Context(TestRole.Of($"{{ type: ocf, agent: '{agent}', parameters: {{ {parameters} }} }}"), new FakeLeash());

        Assert.Equal(revocation is null ? [] : [revocation], OcfEffects.Revocations(context, OcfAgent.TryParse(agent)!, TimeSpan.FromSeconds(20)));
    }

    [Theory]
    [InlineData("ocf:heartbeat:LVM-activate")]
    [InlineData("ocf:acme:IPaddr2")]
    public void What_nobody_knows_is_taken_back_by_its_own_stop(string agent)
    {
        var context = TestRole.Context(TestRole.Of($"{{ type: ocf, agent: '{agent}', parameters: {{ password: \"a\\tb\" }} }}"), new FakeLeash());

        var line = Assert.Single(OcfEffects.Revocations(context, OcfAgent.TryParse(agent)!, TimeSpan.FromSeconds(20)));

        Assert.StartsWith("command\t20000\tenv\t", line, StringComparison.Ordinal);
        Assert.EndsWith($"\t{OcfAgent.TryParse(agent)!.Path}\tstop", line, StringComparison.Ordinal);
        Assert.Contains("\tOCF_RESKEY_password=a\\tb\t", line, StringComparison.Ordinal); // One field, whatever is in it.
    }

    [Theory]
    [InlineData("agent: 'IPaddr2'", "is not an agent; write ocf:PROVIDER:NAME")]
    [InlineData("agent: 'ocf:heartbeat:IPaddr2'", "the leash needs it to know which address to take back")]
    [InlineData("agent: 'ocf:heartbeat:IPaddr2', parameters: { ip: here }", "'here' is not an address")]
    [InlineData("agent: 'ocf:heartbeat:Filesystem', parameters: { directory: / }", "is not the absolute path of a folder below /")]
    [InlineData("agent: 'ocf:heartbeat:Dummy', outside: everything", "it must be none, address, mount or stop")]
    [InlineData("agent: 'ocf:heartbeat:Dummy', parameters: { 'a b': x }", "is no name of a parameter")]
    [InlineData("agent: 'ocf:heartbeat:Dummy', check-interval: 1ms", "it must be from 100ms to 1h")]
    [InlineData("agent: 'ocf:heartbeat:Dummy', use-network-name: yes", "it depends on no network-name")]
    public void A_wrong_declaration_is_refused_with_what_to_do(string properties, string complaint)
    {
        var result = DeclarationReader.Read($"roles: {{ orders: {{ resources: {{ it: {{ type: ocf, {properties} }} }} }} }}", "f", null);

        Assert.Contains(result.Problems, problem => problem.Message.Contains(complaint, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("fstype: ext4", "", true)]
    [InlineData("fstype: ext4", ", fence: lease", false)]
    [InlineData("fstype: nfs", "", false)]
    public void A_disk_that_an_agent_mounts_waits_for_an_operators_word_like_any_disk(string type, string more, bool needs) =>
        Assert.Equal(needs, TestRole.Of($"{{ type: ocf, agent: 'ocf:heartbeat:Filesystem', parameters: {{ directory: /srv/x, device: d, {type} }}{more} }}").NeedsConfirmedEnd);

    [Fact]
    public async Task Actions_run_in_order_with_what_the_leash_takes_back_listed_before_the_first()
    {
        await using var leash = new FakeLeash { OnRun = run => new RunResult(run.Command[^1] == "monitor" ? 7 : 0, false, "") };
        if (!File.Exists(OcfAgent.TryParse("ocf:heartbeat:IPaddr2")!.Path)) return; // Its meta-data is the agent's own.

        await TestRole.Create(TestRole.Context(TestRole.Of(Address), leash)).OnlineAsync(null, CancellationToken.None);

        Assert.Equal(["validate-all", "monitor", "start"], leash.Runs.Select(run => run.Command[^1]));
        Assert.All(leash.Runs, run => Assert.Equal(["address\t-\t10.0.0.5"], run.Revocations));
        Assert.All(leash.Runs, run => Assert.Contains("OCF_RESKEY_ip=10.0.0.5", run.Command));
        Assert.Equal([null, null, false], leash.Runs.Select(run => run.Tag?.Length == 0 ? true : run.Tag is null ? null : (bool?)false));
    }

    [Fact]
    public async Task What_runs_before_its_start_is_stopped_first()
    {
        await using var leash = new FakeLeash();
        if (!File.Exists(OcfAgent.TryParse("ocf:heartbeat:IPaddr2")!.Path)) return;

        await TestRole.Create(TestRole.Context(TestRole.Of(Address), leash)).OnlineAsync(null, CancellationToken.None);

        Assert.Equal(["validate-all", "monitor", "stop", "start"], leash.Runs.Select(run => run.Command[^1]));
    }

    [Fact]
    public async Task A_failed_start_says_what_the_agent_said_and_leaves_nothing()
    {
        await using var leash = new FakeLeash { OnRun = run => run.Command[^1] switch { "monitor" => new(7, false, ""), "start" => new(6, false, "noise\nocf-exit-reason:No interface for it\nmore"), _ => new(0, false, "") } };
        if (!File.Exists(OcfAgent.TryParse("ocf:heartbeat:IPaddr2")!.Path)) return;

        var failure = await Assert.ThrowsAsync<HoldfastException>(() => TestRole.Create(TestRole.Context(TestRole.Of(Address), leash)).OnlineAsync(null, CancellationToken.None));

        Assert.Equal("resource.ocf-failed", failure.Code);
        Assert.Contains("start says: not configured (6): No interface for it", failure.Message, StringComparison.Ordinal);
        Assert.Equal("stop", leash.Runs.Last().Command[^1]);
        Assert.Empty(leash.Held);
    }

    [Fact]
    public async Task A_stop_that_fails_ends_with_the_whole_unit()
    {
        await using var leash = new FakeLeash { OnRun = _ => new RunResult(1, false, "cannot") };
        var resource = TestRole.Create(TestRole.Context(TestRole.Of(Address), leash));

        await resource.OfflineAsync(CancellationToken.None);

        Assert.IsType<FakeLeash.Stopped>(leash.Calls[^1]);
        Assert.Empty(leash.Held);
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(8, null)]
    [InlineData(7, "it is not running any more: gone")]
    [InlineData(1, "monitor says: error (1): gone")]
    public async Task A_monitor_is_judged_by_its_exit_code(int exitCode, string? complaint)
    {
        await using var leash = new FakeLeash { OnRun = _ => new RunResult(exitCode, false, "ocf-exit-reason:gone.\n") };

        Assert.Equal(complaint, await TestRole.Create(TestRole.Context(TestRole.Of(Address), leash)).CheckAsync(CancellationToken.None));
    }
}
