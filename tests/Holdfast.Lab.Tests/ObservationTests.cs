using System.Net;
using Holdfast.Lab.Disks;
using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Holdfast.Lab.Observation;
using Holdfast.Lab.Probing;
using Xunit;

namespace Holdfast.Lab.Tests;

public sealed class ObservationTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly IPAddress Virtual = IPAddress.Parse("10.77.0.100");
    private LabNetwork _lab = null!;
    private StableImage _disk = null!;
    private LabHost _a = null!;
    private LabHost _b = null!;
    private Observer _observer = null!;

    public async Task InitializeAsync()
    {
        _lab = await LabNetwork.CreateAsync(new LabOptions { StateDiskBytes = 64 << 20 });
        _disk = await _lab.AddSharedDiskAsync("orders", 64 << 20);
        (_a, _b) = (await _lab.AddHostAsync("a"), await _lab.AddHostAsync("b"));
        await Task.WhenAll(_a.PowerOnAsync(), _b.PowerOnAsync());
        _observer = new Observer(_lab);
    }

    public async Task DisposeAsync()
    {
        _observer.Dispose();
        await _lab.DisposeAsync();
    }

    [LabFact]
    public async Task Processes_of_one_role_on_two_hosts_are_seen_as_two_owners()
    {
        StartRole(_a, "echo");
        StartRole(_a, "files");
        await SeenAsync("echo", "a");
        Assert.Equal(0, _observer.DoubleActive("echo"));

        StartRole(_b, "echo");
        await SeenAsync("echo", "b");
        Assert.Equal(1, _observer.DoubleActive("echo"));
        Assert.Equal(0, _observer.DoubleActive("files"));

        var killed = _b.Send(_b.FindRole("echo")[0], Signal.Kill);
        await Waiting.UntilAsync(() => _observer.FindDouble("echo") is [{ To: not null }], Limit, "the end is not seen");
        Assert.Equal(1, _observer.DoubleActive("echo"));
        Assert.InRange(_observer.FindDouble("echo")[0].To!.Value, killed - TimeSpan.FromSeconds(5), killed + TimeSpan.FromSeconds(5));
    }

    [LabFact]
    public async Task A_process_that_leaves_its_session_is_still_seen_and_infrastructure_is_not()
    {
        _a.Start(["setsid", "sh", "-c", "sleep 1000 & exit 0"], RoleVariables("echo"));
        _b.Start(["sleep", "1000"], new Dictionary<string, string>(RoleVariables("echo")) { ["HOLDFAST_UNIT"] = "@etcd" });

        await Waiting.UntilAsync(() => _observer.Facts.Any(fact => fact is { Host: "a", To: null }), Limit, "the orphan is not seen");
        StartRole(_b, "later");
        await SeenAsync("later", "b");
        Assert.DoesNotContain(_observer.Facts, fact => fact is { Host: "b", Role: "echo" });
    }

    [LabFact]
    public async Task An_address_on_two_hosts_is_seen_as_two_owners_only_when_it_is_virtual()
    {
        _observer.Assign("echo", Virtual);
        await _a.RunAsync(["ip", "addr", "add", $"{Virtual}/24", "dev", "eth0"], Limit);
        await _a.RunAsync(["ip", "addr", "add", "10.77.0.101/24", "dev", "eth0"], Limit);
        await _b.RunAsync(["ip", "addr", "add", "10.77.0.101/24", "dev", "eth0"], Limit);
        await SeenAsync("echo", "a");
        Assert.Equal(0, _observer.DoubleActive("echo"));

        await _b.RunAsync(["ip", "addr", "add", $"{Virtual}/24", "dev", "eth0", "valid_lft", "1", "preferred_lft", "1"], Limit);
        await Waiting.UntilAsync(() => _observer.FindDouble("echo") is [{ To: not null }], Limit, "the kernel's own removal is not seen");

        Assert.True(_observer.FindDouble("echo")[0].To - _observer.FindDouble("echo")[0].From > TimeSpan.FromMilliseconds(500));
    }

    [LabFact]
    public async Task A_shared_disk_mounted_on_two_hosts_is_seen_as_two_owners()
    {
        _observer.Assign("orders", _disk);
        await MountAsync(_a);
        await SeenAsync("orders", "a");
        await MountAsync(_b);
        await SeenAsync("orders", "b");
        Assert.Equal(1, _observer.DoubleActive("orders"));

        await _b.RunAsync(["umount", "/srv/orders"], Limit);

        await Waiting.UntilAsync(() => _observer.FindDouble("orders") is [{ To: not null }], Limit, "the unmount is not seen");
    }

    [LabFact]
    public async Task A_power_off_ends_everything_of_the_host()
    {
        _observer.Assign("echo", Virtual);
        _observer.Assign("echo", _disk);
        StartRole(_a, "echo");
        await _a.RunAsync(["ip", "addr", "add", $"{Virtual}/24", "dev", "eth0"], Limit);
        await MountAsync(_a);
        await Waiting.UntilAsync(() => _observer.Facts.Count == 3, Limit, "three facts");

        var off = await _a.PowerOffAsync();
        StartRole(_b, "echo");
        await SeenAsync("echo", "b");
        await MountAsync(_b);

        Assert.Equal(0, _observer.DoubleActive("echo"));
        Assert.All(_observer.Facts.Where(fact => fact.Host == "a"), fact => Assert.InRange(fact.To!.Value, off.Begun, off.Gone));
        await _a.PowerOnAsync();
        StartRole(_a, "echo");
        await Waiting.UntilAsync(() => _observer.DoubleActive("echo") == 1, Limit, "the host is not watched after its boot");
    }

    [LabFact]
    public async Task The_prober_measures_a_gap_of_known_length()
    {
        _a.Start(["perl", "-e", Servers.Line, "7000", "a 1.1"]);
        await Servers.WaitAsync(_a, 7000);
        using var prober = new Prober(_lab.Client.Network, new IPEndPoint(IPAddress.Parse(_a.Address), 7000));
        Assert.Equal("a 1.1", await prober.WaitServingAsync(TimeSpan.FromMilliseconds(200), Limit));
        var server = _a.Find(arguments => arguments is ["perl", ..])[0];

        var stopped = BootClock.Now;
        _a.Send(server, Signal.Stop);
        await Waiting.UntilAsync(() => prober.Latest is { IsGood: false }, Limit, "the stop is not noticed");
        await Waiting.UntilAsync(() => BootClock.Now > stopped + TimeSpan.FromMilliseconds(600), Limit, "the time does not pass");
        var released = _a.Send(server, Signal.Continue);
        await prober.WaitServingAsync(TimeSpan.FromMilliseconds(300), Limit);

        var outage = Outage.Longest(prober.Probes, stopped, BootClock.Now)!.Value;
        Assert.True(outage.LastGood.EndedAt <= released && outage.FirstGood.EndedAt >= stopped);
        Assert.True(outage.Duration > TimeSpan.FromMilliseconds(300), $"{outage.Duration}");
        Assert.True(outage.FirstGood.EndedAt - released < TimeSpan.FromSeconds(2), $"{outage.FirstGood.EndedAt - released}");
    }

    private static Dictionary<string, string> RoleVariables(string role) =>
        new() { ["HOLDFAST_ROLE"] = role, ["HOLDFAST_EPOCH"] = "1.1", ["HOLDFAST_UNIT"] = $"{role}/service" };

    private static void StartRole(LabHost host, string role) => host.Start(["sleep", "1000"], RoleVariables(role));

    private static async Task MountAsync(LabHost host)
    {
        var result = await host.RunAsync(["sh", "-c", "mkdir -p /srv/orders && mount /dev/shared/orders /srv/orders"], Limit);
        Assert.True(result.ExitCode == 0, result.Output);
    }

    private Task SeenAsync(string role, string host) =>
        Waiting.UntilAsync(() => _observer.Facts.Any(fact => fact.Role == role && fact.Host == host && fact.To is null), Limit, $"{role} on {host} is not seen");
}
