using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Running;

[Collection("leash")]
public sealed class DeadlineTests
{
    [RootFact]
    public async Task At_the_deadline_everything_of_every_role_ends_without_any_agent_and_infrastructure_stays()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync(TimeSpan.FromSeconds(3));
        var etcd = await leash.StartShellAsync("@etcd", "exec sleep 1000");
        var daemon = await leash.StartDaemonisingAsync();
        var other = await leash.StartShellAsync("files/server", "trap '' TERM INT HUP; while :; do sleep 1; done");
        await leash.Client.DisposeAsync();

        await RunningLeash.EventuallyAsync(() => !RunningLeash.IsAlive(daemon) && !RunningLeash.IsAlive(other));

        await using var agent = await LeashClient.ConnectAsync(leash.RunDirectory);
        await RunningLeash.EventuallyAsync(() => agent.GetStateAsync(default).Result is { Expired: true, Clean: true });
        var state = await agent.GetStateAsync(default);
        Assert.Equal("@etcd", Assert.Single(state.Units).Unit);
        Assert.InRange(state.WorstSweep, TimeSpan.FromTicks(1), TimeSpan.FromMilliseconds(500));
        Assert.True(RunningLeash.IsAlive(etcd));
        await ProcessUnitTests.Refused("leash.expired", () => agent.ArmAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMinutes(1)), default));
        await ProcessUnitTests.Refused("leash.expired", () => agent.StartAsync(new() { Unit = "orders/web", Warrant = leash.Warrant(), Command = ["true"] }, default));
    }

    [RootFact]
    public async Task Expiry_is_told_with_its_reason_and_a_new_incarnation_is_above_the_old_one()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        await leash.StartShellAsync("orders/web", "sleep 1000");

        await leash.Client.ExpireAsync(leash.Incarnation, "condemned", default);
        var expired = await leash.NextAsync<LeashEvent.Expired>();
        var clean = await leash.NextAsync<LeashEvent.Clean>();

        Assert.Equal((leash.Incarnation, "condemned"), (expired.Incarnation, expired.Reason));
        Assert.Equal(leash.Incarnation, clean.Incarnation);
        Assert.Equal(leash.Incarnation + 1, await leash.Client.MintAsync(0, default));
        await RunningLeash.EventuallyAsync(() => leash.Marked().Length == 0); // The outer programs, which only waited, follow at their leisure.
    }

    [RootFact]
    public async Task A_cap_brings_the_deadline_nearer()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var pid = await leash.StartShellAsync("orders/web", "exec sleep 1000");

        await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(50)), default);

        await leash.NextAsync<LeashEvent.Clean>();
        Assert.False(RunningLeash.IsAlive(pid));
    }

    [RootFact]
    public async Task Killing_takes_little_time_again_and_again()
    {
        await using var leash = await RunningLeash.StartAsync();
        var took = new List<double>();
        for (var round = 0; round < 60; round++)
        {
            await leash.ArmedAsync(TimeSpan.FromSeconds(10));
            for (var unit = 0; unit < 3; unit++) await leash.StartShellAsync($"orders/web{unit}", "sleep 1000 & setsid sleep 1000 & wait");
            await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(20)), default);
            took.Add((await leash.NextAsync<LeashEvent.Clean>()).Took.TotalMilliseconds);
        }

        took.Sort();
        Report.Write($"deadline to verified clean, 3 units of 4 processes, {took.Count} rounds: median {took[took.Count / 2]:0.0} ms, worst {took[^1]:0.0} ms");
        Assert.True(took[took.Count / 2] < 120, $"median {took[took.Count / 2]} ms");
    }

    [RootFact]
    public async Task A_start_that_meets_the_deadline_never_runs_after_it()
    {
        await using var leash = await RunningLeash.StartAsync();
        for (var round = 0; round < 20; round++)
        {
            await leash.ArmedAsync();
            var token = $"74{Random.Shared.Next(1_000_000, 9_999_999)}";
            var start = leash.Client.StartAsync(new() { Unit = "orders/web", Warrant = leash.Warrant(), Command = ["sleep", token] }, default);
            var cap = leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMicroseconds(Random.Shared.Next(0, 15_000))), default);

            await leash.NextAsync<LeashEvent.Clean>();

            Assert.Equal(0, RunningLeash.FindByArgument(token));
            await Record.ExceptionAsync(() => start);
            await cap;
            Assert.Equal(0, RunningLeash.FindByArgument(token));
        }
    }

    [RootFact]
    public async Task The_deliberate_fault_leaves_everything_running_and_claims_to_be_clean()
    {
        Environment.SetEnvironmentVariable("HOLDFAST_LEASH_FAULT", "ignore-deadline");
        RunningLeash leash;
        try
        {
            leash = await RunningLeash.StartAsync();
        }
        finally
        {
            Environment.SetEnvironmentVariable("HOLDFAST_LEASH_FAULT", null);
        }

        await using (leash)
        {
            await leash.ArmedAsync();
            var pid = await leash.StartShellAsync("orders/web", "exec sleep 1000");

            await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(10)), default);
            await leash.NextAsync<LeashEvent.Clean>();

            Assert.True(RunningLeash.IsAlive(pid));
            Assert.Contains("FAULT", leash.ReadLog(), StringComparison.Ordinal);
            await leash.ArmedAsync();
        }
    }

    [RootFact]
    public async Task A_start_takes_little_time()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var log = leash.MakeFile("unit.log");
        var (started, ended) = (new List<double>(), new List<double>());
        for (var round = 0; round < 50; round++)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            await leash.Client.StartAsync(new() { Unit = "orders/web", Warrant = leash.Warrant(), Command = ["true"] }, default);
            started.Add(clock.Elapsed.TotalMilliseconds);
            await leash.NextAsync<LeashEvent.UnitExited>();
            ended.Add(clock.Elapsed.TotalMilliseconds);
        }

        started.Sort();
        ended.Sort();
        Report.Write($"start answered: median {started[25]:0.0} ms, worst {started[^1]:0.0} ms; start to exit of /bin/true told: median {ended[25]:0.0} ms, worst {ended[^1]:0.0} ms");
        Assert.True(ended[25] < 200, $"median {ended[25]} ms");
    }

    [RootFact]
    public async Task Arming_is_cheap()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var took = new List<double>();
        for (var round = 0; round < 2000; round++)
        {
            var clock = System.Diagnostics.Stopwatch.StartNew();
            await leash.Client.ArmAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMinutes(1)), default);
            took.Add(clock.Elapsed.TotalMilliseconds);
        }

        took.Sort();
        Report.Write($"arm round trip: median {took[1000]:0.000} ms, 99 % {took[1980]:0.000} ms");
        Assert.True(took[1000] < 20, $"median {took[1000]} ms");
    }
}
