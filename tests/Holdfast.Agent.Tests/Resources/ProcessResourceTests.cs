using Holdfast.Cluster;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

public sealed class ProcessResourceTests
{
    private const string Declared = "{ type: process, command: [/bin/sleep, '9'], user: root, directory: /tmp, environment: { A: b c }, stop-signal: SIGINT, stop-timeout: 5s }";

    [Fact]
    public async Task A_process_is_started_as_declared_and_stopped_with_its_signal_and_grace()
    {
        await using var leash = new FakeLeash();
        var resource = TestRole.Create(TestRole.Context(TestRole.Of(Declared), leash));

        await resource.OnlineAsync(null, CancellationToken.None);
        await resource.OfflineAsync(CancellationToken.None);

        var start = Assert.IsType<StartRequest>(leash.Calls[0]);
        Assert.Equal(("orders/it", "root", "/tmp"), (start.Unit, start.User, start.Directory));
        Assert.Equal(["/bin/sleep", "9"], start.Command);
        Assert.Equal(["HOLDFAST_NODE=a", "A=b c"], start.Environment);
        Assert.Equal("/var/log/holdfast/orders.it.log", start.LogFile);
        Assert.Equal(new FakeLeash.Stopped("orders/it", 2, TimeSpan.FromSeconds(5)), leash.Calls[1]);
    }

    [Fact]
    public async Task Without_a_user_a_process_does_not_run_as_root()
    {
        await using var leash = new FakeLeash();

        await TestRole.Create(TestRole.Context(TestRole.Of("{ type: process, command: sleep 9 }"), leash)).OnlineAsync(null, CancellationToken.None);

        Assert.Equal("nobody", Assert.IsType<StartRequest>(leash.Calls[0]).User);
    }

    [Fact]
    public async Task What_the_leash_holds_is_adopted_only_when_it_is_what_is_declared()
    {
        await using var leash = new FakeLeash();
        await TestRole.Create(TestRole.Context(TestRole.Of(Declared), leash)).OnlineAsync(null, CancellationToken.None);
        var held = leash.Held.Single();
        leash.Calls.Clear();

        await TestRole.Create(TestRole.Context(TestRole.Of(Declared.Replace("5s", "6s", StringComparison.Ordinal)), leash)).OnlineAsync(held, CancellationToken.None);
        Assert.Empty(leash.Calls);

        await TestRole.Create(TestRole.Context(TestRole.Of(Declared.Replace("b c", "d", StringComparison.Ordinal)), leash)).OnlineAsync(held, CancellationToken.None);
        Assert.Equal([typeof(FakeLeash.Stopped), typeof(StartRequest)], leash.Calls.Select(call => call.GetType()));
    }

    [Fact]
    public async Task What_an_older_epoch_started_is_never_adopted()
    {
        await using var leash = new FakeLeash();
        await TestRole.Create(TestRole.Context(TestRole.Of(Declared), leash, epoch: 7)).OnlineAsync(null, CancellationToken.None);
        var held = leash.Held.Single();
        leash.Calls.Clear();

        await TestRole.Create(TestRole.Context(TestRole.Of(Declared), leash, epoch: 8)).OnlineAsync(held, CancellationToken.None);

        Assert.Equal([typeof(FakeLeash.Stopped), typeof(StartRequest)], leash.Calls.Select(call => call.GetType()));
    }

    [Fact]
    public async Task A_failed_start_is_the_resources_failure_but_a_refusal_is_not()
    {
        await using var leash = new FakeLeash { Refusal = new LeashRefusedException("leash.failed", "no such file") };
        var resource = TestRole.Create(TestRole.Context(TestRole.Of(Declared), leash));

        var failure = await Assert.ThrowsAsync<HoldfastException>(() => resource.OnlineAsync(null, CancellationToken.None));
        leash.Refusal = new LeashRefusedException("leash.expired", "the lease is over");
        var refusal = await Assert.ThrowsAsync<LeashRefusedException>(() => resource.OnlineAsync(null, CancellationToken.None));

        Assert.Equal("resource.start-failed", failure.Code);
        Assert.Equal("leash.expired", refusal.Code);
    }

    [Theory]
    [InlineData("command: /no/such", "there is no program '/no/such' on node a")]
    [InlineData("command: no-such-program", "there is no program 'no-such-program' on node a")]
    [InlineData("command: /etc/passwd", "may not be executed by nobody")]
    [InlineData("command: sleep 1, user: nosuchuser", "node a has no account 'nosuchuser'")]
    [InlineData("command: sleep 1, directory: /root/nothing", "is under /root, which nobody may not enter")]
    [InlineData("command: sleep 1, directory: /no/folder", "/no/folder does not exist on node a")]
    [InlineData("command: sleep 1, directory: /etc/passwd", "/etc/passwd is not a folder on node a")]
    public async Task What_could_not_run_on_a_node_is_found_before_it_is_accepted(string properties, string sentence)
    {
        var problem = Assert.Single(await TestRole.CheckOnNodeAsync(TestRole.Of($"{{ type: process, {properties} }}")));

        Assert.StartsWith("roles.orders.resources.it.", problem.Path, StringComparison.Ordinal);
        Assert.Contains(sentence, problem.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_could_run_on_a_node_is_accepted()
    {
        Assert.Empty(await TestRole.CheckOnNodeAsync(TestRole.Of("{ type: process, command: sleep 1, directory: / }")));
        Assert.Empty(await TestRole.CheckOnNodeAsync(TestRole.Of("{ type: process, command: /bin/sh, directory: /root, user: root }")));
    }
}
