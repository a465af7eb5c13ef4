using Holdfast.Cluster;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

public sealed class ScriptResourceTests
{
    private const string Declared = "{ type: script, online: up now, check: look, offline: down, user: root, check-interval: 2s, start-timeout: 7s, stop-timeout: 3s }";

    [Fact]
    public async Task Commands_run_inside_the_unit_with_their_limits()
    {
        await using var leash = new FakeLeash();
        var resource = TestRole.Create(TestRole.Context(TestRole.Of(Declared), leash));

        await resource.OnlineAsync(null, CancellationToken.None);
        Assert.Null(await resource.CheckAsync(CancellationToken.None));
        await resource.OfflineAsync(CancellationToken.None);

        Assert.Equal(["up now", "look", "down"], leash.Runs.Select(run => string.Join(' ', run.Command)));
        Assert.Equal([7, 10, 3], leash.Runs.Select(run => (int)run.Timeout.TotalSeconds));
        Assert.All(leash.Runs, run => Assert.Equal(("orders/it", "root"), (run.Unit, run.User)));
        Assert.Equal(TimeSpan.FromSeconds(2), resource.CheckInterval);
        Assert.Empty(leash.Held);
    }

    [Theory]
    [InlineData(3, false)]
    [InlineData(0, true)]
    public async Task An_offline_command_that_fails_or_hangs_ends_with_the_whole_unit(int exitCode, bool timedOut)
    {
        await using var leash = new FakeLeash();
        var resource = TestRole.Create(TestRole.Context(TestRole.Of(Declared), leash));
        await resource.OnlineAsync(null, CancellationToken.None);
        leash.OnRun = _ => new RunResult(exitCode, timedOut, "cannot");

        await resource.OfflineAsync(CancellationToken.None);

        Assert.IsType<FakeLeash.Stopped>(leash.Calls[^1]);
        Assert.Empty(leash.Held);
    }

    [Fact]
    public async Task A_failed_online_command_is_followed_by_offline()
    {
        await using var leash = new FakeLeash { OnRun = run => run.Command[0] == "up" ? new RunResult(4, false, "first\nno licence\n") : new RunResult(0, false, "") };
        var resource = TestRole.Create(TestRole.Context(TestRole.Of(Declared), leash));

        var failure = await Assert.ThrowsAsync<HoldfastException>(() => resource.OnlineAsync(null, CancellationToken.None));

        Assert.Equal("resource.script-failed", failure.Code);
        Assert.Contains("exited with 4: no licence", failure.Message, StringComparison.Ordinal);
        Assert.Equal(["up", "down"], leash.Runs.Select(run => run.Command[0]));
        Assert.Empty(leash.Held);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_unit_is_adopted_only_when_its_online_command_had_succeeded(bool succeeded)
    {
        await using var leash = new FakeLeash { OnRun = _ => new RunResult(succeeded ? 0 : 1, false, "") };
        var context = TestRole.Context(TestRole.Of(Declared), leash);
        HeldUnit? held = null;
        leash.OnRun = run =>
        {
            held = leash.Held.Single(); // What a new agent would find, had the old one ended here.
            return new RunResult(0, false, "");
        };
        await TestRole.Create(context).OnlineAsync(null, CancellationToken.None);
        if (succeeded) held = leash.Held.Single();
        leash.OnRun = _ => new RunResult(0, false, "");
        leash.Calls.Clear();

        await TestRole.Create(context).OnlineAsync(held, CancellationToken.None);

        Assert.Equal(succeeded ? ["look"] : ["down", "up"], leash.Runs.Select(run => run.Command[0]));
    }

    [Fact]
    public async Task A_failing_or_hanging_check_says_what_is_wrong()
    {
        await using var leash = new FakeLeash { OnRun = _ => new RunResult(1, false, "replication is broken\n") };
        var resource = TestRole.Create(TestRole.Context(TestRole.Of(Declared), leash));

        Assert.Equal("the check command exited with 1: replication is broken", await resource.CheckAsync(CancellationToken.None));
        leash.OnRun = _ => new RunResult(137, true, "");
        Assert.Equal("the check command did not end within 10s", await resource.CheckAsync(CancellationToken.None));
    }
}
