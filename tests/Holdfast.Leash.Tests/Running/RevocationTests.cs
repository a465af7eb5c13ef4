using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Running;

/// <summary>What commands of a unit do outside of its namespace is taken back with it.</summary>
[Collection("leash")]
public sealed class RevocationTests
{
    private const string Address = "ip address add 10.9.8.7/24 dev test0";

    [RootFact]
    public async Task At_the_deadline_an_address_that_a_command_added_is_removed()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await RunAsync(leash, Address, Revocations.Address("10.9.8.7"));
        Assert.Contains("10.9.8.7", await AddressesAsync(leash), StringComparison.Ordinal);

        await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(30)), default);
        var clean = await leash.NextAsync<LeashEvent.Clean>();

        Report.Write($"deadline to clean with an address that a command added: {clean.Took.TotalMilliseconds:0.0} ms");
        Assert.DoesNotContain("10.9.8.7", await AddressesAsync(leash), StringComparison.Ordinal);
    }

    [RootFact]
    public async Task A_process_that_makes_the_effect_again_and_again_does_not_outlive_the_deadline_with_it()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await RunAsync(leash, $"{Address}; (while :; do {Address} 2>/dev/null; done) >/dev/null 2>&1 &", Revocations.Address("10.9.8.7"));

        for (var round = 0; round < 2; round++)
        {
            await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(20)), default);
            await leash.NextAsync<LeashEvent.Clean>();
            Assert.DoesNotContain("10.9.8.7", await AddressesAsync(leash), StringComparison.Ordinal);
            await leash.ArmedAsync();
            await RunAsync(leash, $"{Address}; (while :; do {Address} 2>/dev/null; done) >/dev/null 2>&1 &", Revocations.Address("10.9.8.7"));
        }
    }

    [RootFact]
    public async Task A_mount_that_a_command_made_is_the_machines_and_is_gone_at_the_deadline()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        var target = leash.MakeFile("mounted");
        Directory.CreateDirectory(target);
        await RunAsync(leash, $"mount -t tmpfs tmpfs '{target}' && touch '{target}/there'", Revocations.Mount(target));
        await leash.ToolAsync("test", "-e", $"{target}/there");

        await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(30)), default);
        var clean = await leash.NextAsync<LeashEvent.Clean>();

        Report.Write($"deadline to clean with a mount that a command made: {clean.Took.TotalMilliseconds:0.0} ms");
        await leash.ToolAsync("sh", "-c", $"! mountpoint -q '{target}'");
    }

    [RootFact]
    public async Task The_machine_is_clean_only_after_a_command_of_the_unit_has_stopped_it()
    {
        await using var leash = await (await RunningLeash.StartAsync("--kill-time", "50")).ArmedAsync();
        var (flag, allowed) = (leash.MakeFile("flag"), leash.MakeFile("allowed"));
        await RunAsync(leash, $"touch '{flag}'", Revocations.Command(TimeSpan.FromSeconds(10), ["sh", "-c", $"test -e '{allowed}' && rm -f '{flag}'"]));

        await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(20)), default);
        await RunningLeash.EventuallyAsync(() => leash.ReadLog().Contains("stuck: ", StringComparison.Ordinal));
        Assert.False((await leash.Client.GetStateAsync(default)).Clean);
        await ProcessUnitTests.Refused("leash.not-clean", () => leash.Client.MintAsync(0, default));
        await File.WriteAllTextAsync(allowed, "");

        await leash.NextAsync<LeashEvent.Clean>();
        Assert.False(File.Exists(flag));
        await leash.Client.MintAsync(0, default);
    }

    [RootFact]
    public async Task A_stopped_unit_is_gone_with_what_it_did_outside_and_can_start_again()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        for (var round = 0; round < 2; round++)
        {
            await RunAsync(leash, Address, Revocations.Address("10.9.8.7"));
            await leash.Client.StopAsync("orders/agent", 15, TimeSpan.Zero, default);

            Assert.DoesNotContain("10.9.8.7", await AddressesAsync(leash), StringComparison.Ordinal);
            Assert.Empty((await leash.Client.GetStateAsync(default)).Units);
            Assert.Equal("", (await File.ReadAllTextAsync(Path.Combine(leash.RunDirectory, "revoke"))).Trim());
        }
    }

    [RootFact]
    public async Task A_successor_takes_back_what_the_commands_of_its_predecessor_did()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        var (target, file) = (leash.MakeFile("mounted"), leash.MakeFile("file\twith tab"));
        Directory.CreateDirectory(target);
        await RunAsync(leash, $"{Address}; mount -t tmpfs tmpfs '{target}'; touch '{file}'", Revocations.Address("10.9.8.7"), Revocations.Mount(target), Revocations.File(file));

        await leash.KillAsync();
        await leash.LaunchAsync();

        Assert.DoesNotContain("10.9.8.7", await AddressesAsync(leash), StringComparison.Ordinal);
        await leash.ToolAsync("sh", "-c", $"! mountpoint -q '{target}'");
        Assert.False(File.Exists(file));
    }

    [RootFact]
    public async Task A_unit_whose_namespace_was_killed_by_a_stranger_is_taken_back_too()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await RunAsync(leash, Address, Revocations.Address("10.9.8.7"));

        foreach (var id in leash.Marked()) Native.Libc.kill(id, Native.Libc.SIGKILL);

        await RunningLeash.EventuallyAsync(() => !AddressesAsync(leash).Result.Contains("10.9.8.7", StringComparison.Ordinal));
        await RunningLeash.EventuallyAsync(() => leash.Client.GetStateAsync(default).Result.Units.Length == 0);
    }

    [RootFact]
    public async Task A_unit_can_have_a_host_name_of_its_own()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var ours = (await leash.ToolAsync("hostname")).Trim();

        await leash.Client.StartAsync(new() { Unit = "orders/web", Warrant = leash.Warrant(), Command = ["sleep", "1000"], HostName = "orders-name" }, default);
        var started = await leash.Client.RunAsync(new() { Unit = "orders/web", Warrant = leash.Warrant(), Command = ["hostname"], Timeout = TimeSpan.FromSeconds(20) }, default);
        var ran = await leash.Client.RunAsync(new() { Unit = "orders/script", Warrant = leash.Warrant(), Command = ["hostname"], HostName = "other-name", Timeout = TimeSpan.FromSeconds(20) }, default);

        Assert.Equal("orders-name", started.Output.Trim());
        Assert.Equal("other-name", ran.Output.Trim());
        Assert.Equal(ours, (await leash.ToolAsync("hostname")).Trim());
    }

    [RootFact]
    public async Task A_command_among_the_machines_processes_is_ended_at_the_deadline_too()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var token = $"7{Random.Shared.Next(100_000_000, 999_999_999)}";
        var running = leash.Client.RunAsync(new() { Unit = "orders/agent", Warrant = leash.Warrant(), Command = ["sh", "-c", $"sleep {token}; sleep {token}"], InMachine = true, Timeout = TimeSpan.FromMinutes(5) }, default);
        await RunningLeash.EventuallyAsync(() => RunningLeash.FindByArgument(token) != 0);

        await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(20)), default);
        await leash.NextAsync<LeashEvent.Clean>();

        Assert.NotEqual(0, (await running).ExitCode);
        await RunningLeash.EventuallyAsync(() => RunningLeash.FindByArgument(token) == 0);
    }

    [RootFact]
    public async Task A_successor_ends_what_its_predecessor_ran_among_the_machines_processes()
    {
        await using var leash = await (await RunningLeash.StartAsync()).ArmedAsync();
        var token = $"7{Random.Shared.Next(100_000_000, 999_999_999)}";
        var running = leash.Client.RunAsync(new() { Unit = "orders/agent", Warrant = leash.Warrant(), Command = ["sh", "-c", $"sleep {token}; sleep {token}"], InMachine = true, Timeout = TimeSpan.FromMinutes(5) }, default);
        await RunningLeash.EventuallyAsync(() => RunningLeash.FindByArgument(token) != 0);

        await leash.KillAsync();
        await Assert.ThrowsAsync<IOException>(() => running);
        await leash.LaunchAsync();

        Assert.Equal(0, RunningLeash.FindByArgument(token));
    }

    private static async Task RunAsync(RunningLeash leash, string script, params string[] revocations)
    {
        var result = await leash.Client.RunAsync(new() { Unit = "orders/agent", Warrant = leash.Warrant(), Command = ["sh", "-c", script], Revocations = revocations, Timeout = TimeSpan.FromSeconds(20) }, default);
        Assert.True(result.ExitCode == 0, result.Output);
    }

    private static Task<string> AddressesAsync(RunningLeash leash) => leash.ToolAsync("ip", "-o", "address", "show");
}
