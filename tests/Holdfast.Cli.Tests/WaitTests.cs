namespace Holdfast.Cli.Tests;

public sealed class WaitTests
{
    private const string Done = """{"message":"Role web moves."}""";

    [Fact]
    public async Task Move_with_wait_returns_when_the_role_is_online_at_a_later_epoch()
    {
        await using var agent = await AgentAsync("move", Samples.Role(),
            Samples.Role(), Samples.Role(state: "stopping"), Samples.Role(owner: "b", epoch: "1.4", state: "starting"), Samples.Role(owner: "b", epoch: "1.4"));

        var ran = await agent.RunAsync("role", "move", "web", "--wait");

        Assert.Equal(("", 0), (ran.Error, ran.Exit));
        Assert.Contains("role web online on b, epoch 1.4", ran.Out, StringComparison.Ordinal);
        Assert.Equal("Role web moves.", ran.Lines[^1]);
    }

    [Fact]
    public async Task A_wait_that_takes_too_long_exits_with_7_and_says_where_the_role_stands()
    {
        await using var agent = await AgentAsync("move", Samples.Role(), Samples.Role(state: "stopping"));

        var ran = await agent.RunAsync("role", "move", "web", "--wait", "--timeout", "2s");

        Assert.Equal(7, ran.Exit);
        Assert.Contains("role web stopping on a", ran.Error, StringComparison.Ordinal);
        Assert.Contains("[wait.timed-out]", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_fails_ends_the_wait_but_its_old_failure_does_not()
    {
        await using var agent = await AgentAsync("start", Samples.Role(state: "failed", phase: "failed"),
            Samples.Role(state: "failed", phase: "failed"), Samples.Role(epoch: "1.4", state: "starting"), Samples.Role(epoch: "1.4", state: "failed", phase: "failed"));

        var ran = await agent.RunAsync("role", "start", "web", "--wait");

        Assert.Equal(4, ran.Exit);
        Assert.Contains("role web starting on a, epoch 1.4", ran.Out, StringComparison.Ordinal);
        Assert.Contains("[role.failed]", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_move_whose_target_is_lost_ends_when_the_role_is_online_elsewhere()
    {
        await using var agent = await AgentAsync("move", Samples.Role(),
            Samples.Role(state: "stopping"), Samples.Role(owner: "b", epoch: "1.4", state: "starting"), Samples.Role(owner: "c", epoch: "1.5"));

        var ran = await agent.RunAsync("role", "move", "web", "--to", "b", "--wait");

        Assert.Equal(4, ran.Exit);
        Assert.Contains("came online on c, epoch 1.5, and not on b", ran.Error, StringComparison.Ordinal);
        Assert.Contains("[role.elsewhere]", ran.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("move")]
    [InlineData("start")]
    public async Task A_wait_ends_when_somebody_asks_for_the_opposite(string act)
    {
        await using var agent = await AgentAsync(act, Samples.Role(),
            Samples.Role(state: "starting"), Samples.Role(state: "stopping", desired: "offline"));

        var ran = await agent.RunAsync("role", act, "web", "--wait");

        Assert.Equal(4, ran.Exit);
        Assert.Contains("[role.overruled]", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wait_ends_when_the_role_is_deleted()
    {
        await using var agent = await AgentAsync("move", Samples.Role(),
            Samples.Role(state: "stopping"), Samples.Role(name: "other"));

        var ran = await agent.RunAsync("role", "move", "web", "--wait");

        Assert.Equal(3, ran.Exit);
        Assert.Contains("[role.not-found]", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_stays_blocked_ends_the_wait()
    {
        await using var agent = await AgentAsync("move", Samples.Role(),
            Samples.Role(state: "stopping"), Samples.Role(owner: null, state: "waiting", blocked: true));

        var ran = await CommandLineRun.OfAsync(["role", "move", "web", "--wait", "--timeout", "24h", "--run-dir", agent.Folder], time: new HurriedTime());

        Assert.Equal(4, ran.Exit);
        Assert.Contains("Role 'web' is blocked", ran.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_role_that_was_blocked_for_a_moment_is_waited_for()
    {
        await using var agent = await AgentAsync("move", Samples.Role(),
            Samples.Role(owner: null, state: "waiting", blocked: true), Samples.Role(state: "starting"), Samples.Role(owner: "b", epoch: "1.4"));

        var ran = await agent.RunAsync("role", "move", "web", "--to", "b", "--wait");

        Assert.Equal(("", 0), (ran.Error, ran.Exit));
    }

    [Fact]
    public async Task A_wait_survives_a_restart_of_the_agent()
    {
        await using var agent = await FakeAgent.StartAsync();
        var asked = 0;
        agent.On("GET /v1/roles/web", Samples.Detail(Samples.Role()));
        agent.On("POST /v1/roles/web/stop", Done);
        agent.On("GET /v1/watch", async http =>
        {
            var state = Interlocked.Increment(ref asked) == 1 ? "stopping" : "offline";
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(http.Response, Samples.StatusOf(Samples.Role(state: state, desired: "offline")).Trim() + "\n");
            await http.Response.Body.FlushAsync();
            if (state == "stopping") http.Abort();
        });

        var ran = await agent.RunAsync("role", "stop", "web", "--wait");

        Assert.Equal(("", 0), (ran.Error, ran.Exit));
        Assert.Equal(2, asked);
    }

    /// <summary>An agent that has one role, does <paramref name="act"/>, and then shows the role in these states.</summary>
    private static async Task<FakeAgent> AgentAsync(string act, string before, params string[] after)
    {
        var agent = await FakeAgent.StartAsync();
        agent.On("GET /v1/roles/web", Samples.Detail(before));
        agent.On($"POST /v1/roles/web/{act}", Done);
        agent.Stream("GET /v1/watch", [.. after.Select(Samples.StatusOf)], stay: true);
        return agent;
    }

    /// <summary>Every timer rings five times sooner; a busy machine still answers in time.</summary>
    private sealed class HurriedTime : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new HurriedTimer(System.CreateTimer(callback, state, Soon(dueTime), period));

        private static TimeSpan Soon(TimeSpan time) => time > TimeSpan.Zero ? time / 5 : time;

        private sealed class HurriedTimer(ITimer timer) : ITimer
        {
            public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Soon(dueTime), period);

            public void Dispose() => timer.Dispose();

            public ValueTask DisposeAsync() => timer.DisposeAsync();
        }
    }
}
