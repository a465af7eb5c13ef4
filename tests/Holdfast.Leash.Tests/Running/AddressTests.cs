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
    public async Task The_neighbours_are_told()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        // Listens at the other end of the pair until it has seen both forms of gratuitous ARP and the advertisement.
        const string Listener = """
            socket(my $s, 17, 3, 0x0300) or die; my $i = pack("x16"); $i = pack("a16x24", "test1"); ioctl($s, 0x8933, $i) or die;
            bind($s, pack("SnLSCCx8", 17, 3, unpack("x16L", $i), 0, 0, 0)) or die; $| = 1; print "listening\n"; alarm 30; my %seen;
            while (keys %seen < 3) { sysread($s, my $p, 2000);
              my $type = unpack("x12n", $p);
              if ($type == 0x0806 && substr($p, 28, 4) eq "\x0a\x4d\x00\x05" && substr($p, 38, 4) eq substr($p, 28, 4)) { $seen{"arp" . unpack("x20n", $p)} = 1; }
              if ($type == 0x86dd && length $p >= 86 && unpack("x54C", $p) == 136 && unpack("x21C", $p) == 255 && (unpack("x58C", $p) & 0x20)) { $seen{na} = 1; } }
            print join(" ", sort keys %seen), "\n";
            """;
        var start = new System.Diagnostics.ProcessStartInfo("nsenter", [$"--target={leash.Holder}", "--net", "--", "perl", "-e", Listener]) { RedirectStandardOutput = true };
        using var listener = System.Diagnostics.Process.Start(start)!;
        Assert.Equal("listening", await listener.StandardOutput.ReadLineAsync());

        await Add(leash, "10.77.0.5/24");
        await Add(leash, "fd77::5/64", "orders/ip6");

        Assert.Equal("arp1 arp2 na", await listener.StandardOutput.ReadLineAsync());
        await listener.WaitForExitAsync();
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
