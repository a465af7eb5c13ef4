using Holdfast.Agent.Declarations;
using Holdfast.Agent.Resources.Names;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

public sealed class NetworkNameTests
{
    private const string Resources = """
        address: { type: ip-address, address: 10.0.0.5/24 }
        v6: { type: ip-address, address: "2001:db8::5/64" }
        name: { type: network-name, name: files.example.com, server: "10.0.0.53:5353", ttl: 5s, key: /etc/ddns.key, depends-on: [address, v6] }
        between: { type: script, online: [/bin/true], offline: [/bin/true], depends-on: [name] }
        app: { type: process, command: [/bin/sleep, infinity], use-network-name: yes, depends-on: [between] }
        """;

    [Fact]
    public void One_update_replaces_whatever_was_there()
    {
        var role = Role(Resources);

        Assert.Equal(
            ["server 10.0.0.53 5353", "zone example.com.", "update delete files.example.com. A", "update delete files.example.com. AAAA", "update add files.example.com. 5 A 10.0.0.5", "update add files.example.com. 5 AAAA 2001:db8::5", "send"],
            NetworkNameResource.Update(role, Find(role, "name")));
    }

    [Fact]
    public async Task What_a_server_refuses_fails_and_what_it_does_not_answer_is_tried_again()
    {
        var role = Role(Resources);
        await using var leash = new FakeLeash { OnRun = _ => new RunResult(1, false, "; Communication with 10.0.0.53#5353 failed: timed out") };
        var context = TestRole.Context(role, leash) with { Resource = Find(role, "name") };
        var resource = TestRole.Create(context);

        await resource.OnlineAsync(null, CancellationToken.None);
        Assert.Single(leash.Runs);
        Assert.Equal("/etc/ddns.key", leash.Runs.Single().Command[4]);

        leash.OnRun = _ => new RunResult(2, false, "update failed: NOTAUTH\n");
        Assert.Equal("Name server 10.0.0.53:5353 refused files.example.com: update failed: NOTAUTH.", await resource.CheckAsync(CancellationToken.None));
        leash.OnRun = _ => new RunResult(0, false, "");
        Assert.Null(await resource.CheckAsync(CancellationToken.None));
        Assert.Null(await resource.CheckAsync(CancellationToken.None));
        Assert.Equal(3, leash.Runs.Count());
    }

    [Fact]
    public async Task A_process_takes_the_name_that_it_depends_on_also_by_others()
    {
        var role = Role(Resources);
        await using var leash = new FakeLeash();

        await TestRole.Create(TestRole.Context(role, leash) with { Resource = Find(role, "app") }).OnlineAsync(null, CancellationToken.None);
        await TestRole.Create(TestRole.Context(role, leash) with { Resource = Find(role, "between") }).OnlineAsync(null, CancellationToken.None);

        Assert.Equal("files", leash.Calls.OfType<StartRequest>().Single().HostName);
        Assert.Null(leash.Runs.Single().HostName);
    }

    [Theory]
    [InlineData("name: files, depends-on: [address]", null)]
    [InlineData("name: files.example.com, server: 10.0.0.53, depends-on: [address]", null)]
    [InlineData("name: files, zone: example.com, server: 10.0.0.53, depends-on: [address]", null)]
    [InlineData("name: files", "names no ip-address of this role")]
    [InlineData("name: files, server: 10.0.0.53, depends-on: [address]", "has no dot from which it could be known")]
    [InlineData("name: files, server: ns1, zone: example.com, depends-on: [address]", "is not an address of a name server")]
    [InlineData("name: 'files example', depends-on: [address]", "is not a host name")]
    [InlineData("name: \"files\\nsend\", depends-on: [address]", "is not a host name")]
    [InlineData("name: -files, depends-on: [address]", "is not a host name")]
    [InlineData("name: 10.0.0.5, depends-on: [address]", "is a number")]
    [InlineData("name: files.example.com, server: 10.0.0.53, zone: example.org, depends-on: [address]", "files.example.com is not in it")]
    [InlineData("name: files, ttl: 5s, depends-on: [address]", "counts only with a server to update")]
    [InlineData("name: files, hosts: maybe, depends-on: [address]", "it must be yes or no")]
    public void A_name_is_checked_before_it_is_accepted(string properties, string? complaint)
    {
        var result = Read($"address: {{ type: ip-address, address: 10.0.0.5/24 }}\nname: {{ type: network-name, {properties} }}");

        if (complaint is null) Assert.Empty(result.Problems);
        else Assert.Contains(result.Problems, problem => problem.Message.Contains(complaint, StringComparison.Ordinal));
    }

    [Fact]
    public void A_machine_has_one_name()
    {
        var result = Read(Resources + "\nother: { type: network-name, name: other.example.com, depends-on: [address] }\nboth: { type: process, command: x, use-network-name: yes, depends-on: [name, other] }");

        Assert.Contains(result.Problems, problem => problem.Message.Contains("it depends on 2 network names (name, other)", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("127.0.0.1 localhost\n")]
    [InlineData("127.0.0.1 localhost")]
    [InlineData("")]
    [InlineData("# only a remark\n\n\n10.0.0.1 a\n")]
    public void Our_lines_come_and_go_and_the_rest_of_the_hosts_file_stays(string file)
    {
        var lines = HostsBlock.LinesOf([Role(Resources)]);

        var with = HostsBlock.Apply(file, lines);

        Assert.Equal(["10.0.0.5 files.example.com files", "2001:db8::5 files.example.com files"], lines);
        Assert.Contains("10.0.0.5 files.example.com files\n", with, StringComparison.Ordinal);
        Assert.Equal(with, HostsBlock.Apply(with, lines));
        Assert.Equal(file.Trim('\n'), HostsBlock.Apply(with, []).Trim('\n'));
        Assert.Equal(file, HostsBlock.Apply(file, []));
        Assert.Contains("10.0.0.9 later", HostsBlock.Apply(with + "10.0.0.9 later\n", lines), StringComparison.Ordinal);
    }

    [Fact]
    public void A_block_whose_end_was_lost_costs_nobody_a_line()
    {
        var with = HostsBlock.Apply("127.0.0.1 localhost\n", HostsBlock.LinesOf([Role(Resources)]));
        var damaged = with[..with.IndexOf("# END", StringComparison.Ordinal)] + "10.0.0.1 important\n";

        Assert.Equal(damaged, HostsBlock.Apply(damaged, []));
    }

    private static ResourceSpec Find(RoleSpec role, string name) => role.Resources.Single(resource => resource.Name.Value == name);

    private static RoleSpec Role(string resources)
    {
        var result = Read(resources);
        result.ThrowIfInvalid();
        return result.Roles.Single();
    }

    private static DeclarationResult Read(string resources) =>
        DeclarationReader.Read($"roles:\n  orders:\n    resources:\n{string.Join('\n', resources.Split('\n').Select(line => "      " + line))}\n", "f", null);
}
