using System.Diagnostics;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Running;

[Collection("leash")]
public sealed class CrashTests
{
    private const int SigStop = 19, SigContinue = 18;

    [RootFact]
    public async Task Nothing_outlives_a_killed_leash()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var daemon = await leash.StartDaemonisingAsync();
        var asNobody = await leash.StartShellAsync("orders/nobody", "exec sleep 1000", user: "nobody");
        var etcd = await leash.StartShellAsync("@etcd", "exec sleep 1000");

        await leash.KillAsync();

        await RunningLeash.EventuallyAsync(() => !RunningLeash.IsAlive(daemon) && !RunningLeash.IsAlive(asNobody) && !RunningLeash.IsAlive(etcd));
        await RunningLeash.EventuallyAsync(() => leash.Marked().Length == 0);
    }

    [RootFact]
    public async Task A_leash_killed_at_any_moment_of_a_start_leaves_nothing_behind()
    {
        await using var leash = await RunningLeash.StartAsync();
        for (var round = 0; round < 20; round++)
        {
            if (round > 0) await leash.LaunchAsync();
            await leash.ArmedAsync();
            var token = $"73{Random.Shared.Next(1_000_000, 9_999_999)}";
            var start = leash.Client.StartAsync(new() { Unit = "orders/web", Warrant = leash.Warrant(), Command = ["sh", "-c", $"setsid sleep {token} & exec sleep {token}"] }, default);
            var until = Stopwatch.GetTimestamp() + (Random.Shared.Next(0, 12_000) * (Stopwatch.Frequency / 1_000_000));
            while (Stopwatch.GetTimestamp() < until) Thread.SpinWait(10);

            await leash.KillAsync();

            await RunningLeash.EventuallyAsync(() => leash.Marked().Length == 0 && RunningLeash.FindByArgument(token) == 0);
            await Record.ExceptionAsync(() => start);
        }
    }

    [RootFact]
    public async Task A_unit_whose_outer_program_alone_is_killed_ends_whole()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var daemon = await leash.StartDaemonisingAsync();
        var outer = Spawn.Children(leash.ProcessId).Single();

        Libc.kill(outer, Libc.SIGKILL);

        await leash.NextAsync<LeashEvent.UnitExited>();
        Assert.False(RunningLeash.IsAlive(daemon));
        Assert.Empty((await leash.Client.GetStateAsync(default)).Units);
    }

    [RootFact]
    public async Task A_restarted_leash_remembers_incarnations_and_closed_epochs()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        await leash.Client.CloseEpochAsync("orders", new(1, 4), default);
        var before = leash.Incarnation;
        await leash.KillAsync();
        await leash.LaunchAsync();

        Assert.Equal(0, (await leash.Client.GetStateAsync(default)).Incarnation);
        await ProcessUnitTests.Refused("leash.incarnation", () => leash.Client.ArmAsync(before, RunningLeash.In(TimeSpan.FromMinutes(1)), default));
        await leash.ArmedAsync();

        Assert.True(leash.Incarnation > before);
        await ProcessUnitTests.Refused("leash.epoch-closed", () => leash.StartShellAsync("orders/web", "true"));
        Assert.Equal(500, await MintAboveAsync(leash, 499));
    }

    [RootFact]
    public async Task One_state_folder_has_one_leash()
    {
        await using var leash = await RunningLeash.StartAsync();

        var second = Process.Start(new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "holdfast-leash.dll"), "--run", leash.MakeFile("other-run"), "--state", leash.StateDirectory]) { RedirectStandardError = true })!;

        Assert.Contains("Another leash holds", await second.StandardError.ReadToEndAsync(), StringComparison.Ordinal);
        await second.WaitForExitAsync();
        Assert.Equal(1, second.ExitCode);
    }

    [RootFact]
    public async Task The_agent_is_started_again_and_roles_do_not_notice()
    {
        var agents = Path.Combine(Directory.CreateTempSubdirectory("holdfast-leash-agent-").FullName, "pids");
        await using var leash = await RunningLeash.StartAsync("--", "sh", "-c", $"echo $$ >> {agents}; trap 'exit 0' TERM; while :; do sleep 0.05; done");
        await RunningLeash.EventuallyAsync(() => File.Exists(agents) && File.ReadAllLines(agents).Length == 1);
        await leash.ArmedAsync();
        var pid = await leash.StartShellAsync("orders/web", "exec sleep 1000");

        Libc.kill(int.Parse(File.ReadAllLines(agents)[0]), Libc.SIGKILL);

        await RunningLeash.EventuallyAsync(() => File.ReadAllLines(agents).Length == 2);
        Assert.True(RunningLeash.IsAlive(pid));
        Assert.Equal(pid, Assert.Single((await leash.Client.GetStateAsync(default)).Units).ProcessId);

        Assert.Equal(0, await leash.TerminateAsync());
        Assert.False(RunningLeash.IsAlive(pid));
        Assert.False(RunningLeash.IsAlive(int.Parse(File.ReadAllLines(agents)[1])));
        Directory.Delete(Path.GetDirectoryName(agents)!, recursive: true);
    }

    [RootFact]
    public async Task The_backstop_ends_roles_when_the_leash_hangs_and_spares_infrastructure()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var daemon = await leash.StartDaemonisingAsync();
        var etcd = await leash.StartShellAsync("@etcd", "exec sleep 1000");
        leash.Signal(SigStop);

        var left = LeashBackstop.Sweep(leash.RunDirectory, TimeSpan.FromSeconds(20));

        Assert.Empty(left);
        await RunningLeash.EventuallyAsync(() => !RunningLeash.IsAlive(daemon)); // It has no memory any more and can do nothing; its entry in the table goes a moment later.
        Assert.True(RunningLeash.IsAlive(etcd));
        leash.Signal(SigContinue);
    }

    [RootFact]
    public async Task A_leash_that_was_stopped_past_its_deadline_ends_everything_when_it_goes_on()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var daemon = await leash.StartDaemonisingAsync();
        var deadline = RunningLeash.In(TimeSpan.FromMilliseconds(300));
        await leash.Client.CapAsync(leash.Incarnation, deadline, default);
        leash.Signal(SigStop);
        await RunningLeash.EventuallyAsync(() => BootClock.Now.BootNanoseconds > deadline.BootNanoseconds);
        leash.Signal(SigContinue);

        await leash.NextAsync<LeashEvent.Clean>();

        Assert.False(RunningLeash.IsAlive(daemon));
    }

    private static async Task<long> MintAboveAsync(RunningLeash leash, long floor)
    {
        await leash.Client.ExpireAsync(leash.Incarnation, "test", default);
        await leash.NextAsync<LeashEvent.Clean>();
        return await leash.Client.MintAsync(floor, default);
    }
}
