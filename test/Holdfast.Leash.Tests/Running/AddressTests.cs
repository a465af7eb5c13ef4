using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Running;

[Collection("leash")]
public sealed class AddressTests
{
    private const int SigStop = 19, SigContinue = 18;

    [RootFact]
    public async Task An_address_is_added_kept_alive_and_removed()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        foreach (var address in new[] { "10.77.0.5/24", "fd77::5/64" })
        {
            await Add(leash, address);
            var added = System.Diagnostics.Stopwatch.StartNew();
            await RunningLeash.EventuallyAsync(() => added.Elapsed > TimeSpan.FromSeconds(3.5)); // Longer than the kernel would keep it.
            Assert.Contains(address, await Show(leash));

            await leash.Client.AnnounceAsync(default);
            await leash.Client.RemoveAddressAsync("orders/ip", default);
            await leash.Client.RemoveAddressAsync("orders/ip", default);

            Assert.DoesNotContain(address, await Show(leash));
            Assert.Empty((await leash.Client.GetStateAsync(default)).Units);
        }
    }

    [RootFact]
    public async Task An_address_ends_at_the_deadline()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await Add(leash, "10.77.0.5/24");

        await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(30)), default);
        await leash.NextAsync<LeashEvent.Clean>();

        Assert.DoesNotContain("10.77.0.5", await Show(leash));
        await RunningLeash.EventuallyAsync(() => File.ReadAllText(Path.Combine(leash.RunDirectory, "revoke")) == "");
    }

    [RootFact]
    public async Task The_kernel_removes_the_address_of_a_leash_that_hangs()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await Add(leash, "10.77.0.5/24");
        await Add(leash, "fd77::5/64", "orders/ip6");

        leash.Signal(SigStop);

        await RunningLeash.EventuallyAsync(() => Show(leash).Result is var text && !text.Contains("10.77.0.5", StringComparison.Ordinal) && !text.Contains("fd77::5", StringComparison.Ordinal));
        leash.Signal(SigContinue);
    }

    [RootFact]
    public async Task An_address_that_somebody_else_added_is_refused_and_left_alone()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await leash.ToolAsync("ip", "address", "add", "10.77.0.9/24", "dev", "test0");

        await ProcessUnitTests.Refused("leash.failed", () => Add(leash, "10.77.0.9/24"));
        await ProcessUnitTests.Refused("leash.failed", () => Add(leash, "10.77.0.9/32"));
        await ProcessUnitTests.Refused("leash.failed", () => Add(leash, "10.77.0.300/24"));
        await ProcessUnitTests.Refused("leash.failed", () => leash.Client.AddAddressAsync(new("orders/ip", leash.Warrant(), "nosuch0", "10.77.0.5/24", ""), default));
        await leash.KillAsync();
        await leash.SweepAsync();

        Assert.Contains("10.77.0.9", await Show(leash));
    }

    [RootFact]
    public async Task A_restarted_leash_removes_a_predecessors_address_before_it_is_ready()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await Add(leash, "10.77.0.5/24");
        await leash.KillAsync();
        // The kernel's own removal must not be what is seen.
        await leash.ToolAsync("ip", "address", "replace", "10.77.0.5/24", "dev", "test0", "valid_lft", "forever", "preferred_lft", "forever");

        await leash.LaunchAsync();

        Assert.DoesNotContain("10.77.0.5", await Show(leash));
    }

    private static Task Add(RunningLeash leash, string address, string unit = "orders/ip") => leash.Client.AddAddressAsync(new(unit, leash.Warrant(), "test0", address, "tag"), default);

    private static Task<string> Show(RunningLeash leash) => leash.ToolAsync("ip", "address", "show", "dev", "test0");
}
