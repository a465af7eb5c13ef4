using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Running;

[Collection("leash")]
public sealed class ProcessUnitTests
{
    private static readonly TimeSpan NoGrace = TimeSpan.Zero;

    [RootFact]
    public async Task A_started_unit_is_held_with_its_process_and_tag()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();

        var pid = await leash.Client.StartAsync(new() { Unit = "orders/web", Warrant = leash.Warrant(epoch: 3), Command = ["sleep", "1000"], Tag = "v1" }, default);

        var state = await leash.Client.GetStateAsync(default);
        Assert.Equal(new HeldUnit("orders/web", UnitKind.Process, "orders", new(1, 3), "v1", pid), Assert.Single(state.Units));
        await RunningLeash.EventuallyAsync(() => File.ReadAllText($"/proc/{pid}/cmdline") == "sleep\01000\0");
        Assert.NotEqual(File.ResolveLinkTarget("/proc/self/ns/pid", false)!.Name, File.ResolveLinkTarget($"/proc/{pid}/ns/pid", false)!.Name);
    }

    [RootFact]
    public async Task Exit_codes_and_fatal_signals_are_told_at_once()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();

        var pid = await leash.StartShellAsync("orders/web", "exit 7");
        var exited = await leash.NextAsync<LeashEvent.UnitExited>();
        await leash.StartShellAsync("orders/web", "kill -TERM $$");
        var killed = await leash.NextAsync<LeashEvent.UnitExited>();
        await leash.Client.StartAsync(new() { Unit = "orders/web", Warrant = leash.Warrant(), Command = ["/no/such/program"] }, default);
        var missing = await leash.NextAsync<LeashEvent.UnitExited>();

        Assert.Equal(("orders/web", new RoleEpoch(1, 1), pid, 7), (exited.Unit, exited.Epoch, exited.ProcessId, exited.ExitCode));
        Assert.NotEqual(pid, killed.ProcessId);
        Assert.Equal(128 + 15, killed.ExitCode);
        Assert.Equal(127, missing.ExitCode);
    }

    [RootFact]
    public async Task A_unit_runs_as_its_account_in_a_clean_environment_with_default_signals()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var log = leash.MakeFile("unit.log");

        await leash.StartShellAsync("orders/web", "id -un; id -Gn; pwd; env | sort; grep -E 'SigIgn|SigBlk' /proc/self/status; ls /proc/self/fd", user: "nobody", log: log, environment: ["COLOUR=blue", "HOME=/srv"]);
        await leash.NextAsync<LeashEvent.UnitExited>();

        var lines = await File.ReadAllLinesAsync(log);
        Assert.Equal(["nobody", "nogroup", "/"], lines[..3]);
        Assert.Equal(["COLOUR=blue", "HOLDFAST_EPOCH=1.1", "HOLDFAST_RESOURCE=web", "HOLDFAST_ROLE=orders", "HOLDFAST_UNIT=orders/web", "HOME=/srv", "LANG=C.UTF-8", "LOGNAME=nobody"], lines[3..11]);
        // 32 and 33 are the C library's own; nobody else can use them.
        Assert.All(lines.Where(line => line.StartsWith("Sig", StringComparison.Ordinal)), line => Assert.Equal(0UL, Convert.ToUInt64(line[8..], 16) & ~0x1_8000_0000UL));
        Assert.Equal(["0", "1", "2", "3"], lines[^4..]); // 3 is the folder that ls itself reads.
    }

    [RootFact]
    public async Task A_stop_signals_first_and_kills_the_whole_namespace_after_the_grace()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var log = leash.MakeFile("unit.log");
        await leash.StartShellAsync("orders/polite", "trap 'echo bye; exit 0' TERM; echo up; while :; do sleep 0.01; done", log: log);
        await RunningLeash.EventuallyAsync(() => File.ReadAllText(log).Contains("up", StringComparison.Ordinal));
        await leash.StartShellAsync("orders/stubborn", "trap '' TERM; while :; do sleep 1; done");
        var daemon = await leash.StartDaemonisingAsync();

        await leash.Client.StopAsync("orders/polite", 15, TimeSpan.FromSeconds(20), default);
        await leash.Client.StopAsync("orders/stubborn", 15, TimeSpan.FromMilliseconds(50), default);
        await leash.Client.StopAsync("orders/web", 15, TimeSpan.FromSeconds(20), default);
        await leash.Client.StopAsync("orders/unknown", 15, NoGrace, default);

        Assert.EndsWith("bye\n", await File.ReadAllTextAsync(log));
        Assert.False(RunningLeash.IsAlive(daemon));
        Assert.Empty(leash.Marked());
        Assert.Empty((await leash.Client.GetStateAsync(default)).Units);
        Assert.False(leash.Client.Events.TryRead(out _)); // Asked for: nothing ended by itself.
    }

    [RootFact]
    public async Task A_command_runs_in_the_units_namespace_and_what_it_leaves_stays_there_until_the_stop()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();

        var online = await Run(leash, "setsid sleep 71999 >/dev/null 2>&1 & echo started; echo bad >&2; exit 3");
        var check = await Run(leash, "ps -eo args | grep -c '[s]leep 71999'");
        var daemon = RunningLeash.FindByArgument("71999");

        Assert.Equal((3, false, "started\nbad\n"), (online.ExitCode, online.TimedOut, online.Output));
        Assert.Equal("1\n", check.Output);
        Assert.True(RunningLeash.IsAlive(daemon));
        await leash.Client.StopAsync("orders/script", 15, NoGrace, default);
        Assert.False(RunningLeash.IsAlive(daemon));
    }

    [RootFact]
    public async Task A_command_that_takes_too_long_is_killed_and_only_the_end_of_its_output_is_kept()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();

        var hung = await Run(leash, "sleep 72111 & wait", TimeSpan.FromMilliseconds(100));
        var loud = await Run(leash, "seq 1 200000");

        Assert.True(hung.TimedOut);
        await RunningLeash.EventuallyAsync(() => RunningLeash.FindByArgument("72111") == 0);
        Assert.Equal(4096, loud.Output.Length);
        Assert.EndsWith("\n199999\n200000\n", loud.Output);
    }

    [RootFact]
    public async Task Refusals_say_why()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        await leash.StartShellAsync("orders/web", "sleep 1000");

        await Refused("leash.failed", () => leash.StartShellAsync("orders/web", "sleep 1000"));
        await Refused("leash.failed", () => leash.StartShellAsync("orders/other", "true", user: "no-such-account"));
        await Refused("leash.failed", () => leash.StartShellAsync("orders/other", "true", log: "/no/such/folder/log"));
        await Refused("leash.incarnation", () => leash.Client.StartAsync(new() { Unit = "orders/x", Warrant = leash.Warrant() with { Incarnation = 99 }, Command = ["true"] }, default));
        await Refused("leash.not-clean", () => leash.Client.CloseEpochAsync("orders", new(1, 1), default));
        await Refused("leash.not-clean", () => leash.Client.MintAsync(0, default));
        await leash.Client.StopAsync("orders/web", 9, NoGrace, default);
        await leash.Client.CloseEpochAsync("orders", new(1, 1), default);
        await Refused("leash.epoch-closed", () => leash.StartShellAsync("orders/web", "true"));
        await Refused("leash.epoch-closed", () => Run(leash, "true"));
    }

    [RootFact]
    public async Task A_newer_agent_waits_for_the_end_of_the_older_one_and_an_observer_for_nobody()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var pid = await leash.StartShellAsync("orders/web", "sleep 1000");

        await using var observer = await LeashClient.ConnectAsync(leash.RunDirectory, observe: true);
        Assert.Single((await observer.GetStateAsync(default)).Units);
        await Refused("leash.failed", () => observer.ExpireAsync(leash.Incarnation, "no", default));
        var waiting = LeashClient.ConnectAsync(leash.RunDirectory);
        await RunningLeash.EventuallyAsync(() => File.Exists(Path.Combine(leash.RunDirectory, "standby.pid")));
        Assert.False(waiting.IsCompleted);
        Assert.Single((await leash.Client.GetStateAsync(default)).Units);
        await leash.Client.DisposeAsync();

        await using var newer = await waiting;
        Assert.Equal(pid, Assert.Single((await newer.GetStateAsync(default)).Units).ProcessId);
        Assert.True(RunningLeash.IsAlive(pid));
    }

    internal static async Task Refused(string code, Func<Task> act) => Assert.Equal(code, (await Assert.ThrowsAsync<LeashRefusedException>(act)).Code);

    private static Task<RunResult> Run(RunningLeash leash, string script, TimeSpan? limit = null) => leash.Client.RunAsync(
        new() { Unit = "orders/script", Warrant = leash.Warrant(), Command = ["sh", "-c", script], Timeout = limit ?? TimeSpan.FromSeconds(20) }, default);
}
