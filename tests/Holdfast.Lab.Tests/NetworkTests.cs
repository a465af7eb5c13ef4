using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.Lab.Tests;

public sealed class NetworkTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(20);
    private LabNetwork _lab = null!;
    private LabHost _a = null!;
    private LabHost _b = null!;

    public async Task InitializeAsync()
    {
        _lab = await LabNetwork.CreateAsync(new LabOptions { StateDiskBytes = 64 << 20 });
        (_a, _b) = (await _lab.AddHostAsync("a"), await _lab.AddHostAsync("b"));
        await Task.WhenAll(_a.PowerOnAsync(), _b.PowerOnAsync());
        _a.Start(["perl", "-e", Servers.Line, "7000", "a"], log: "server");
        await Servers.WaitAsync(_a, 7000);
    }

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [LabFact]
    public async Task Hosts_reach_each_other_by_name_and_are_machines_of_their_own()
    {
        Assert.Equal("a", await Servers.AskAsync(_b, "a", 7000));
        Assert.Equal("a", await Servers.AskAsync(_lab.Client, "a", 7000));

        Assert.Equal("a\n", (await _a.RunAsync(["hostname"], Limit)).Output);
        Assert.Equal("1\n", (await _a.RunAsync(["sh", "-c", "ls /proc | grep -c '^1$'"], Limit)).Output);
        await _a.RunAsync(["sh", "-c", "echo own >/etc/lab-test; echo own >/run/lab-test; echo own >/tmp/lab-test"], Limit);
        Assert.NotEqual(0, (await _b.RunAsync(["sh", "-c", "ls /etc/lab-test || ls /run/lab-test || ls /tmp/lab-test"], Limit)).ExitCode);
        Assert.False(File.Exists("/etc/lab-test"));
    }

    [LabFact]
    public async Task An_orphan_is_reaped_by_the_host()
    {
        await _a.RunAsync(["sh", "-c", "sh -c 'sleep 0.05' & exit 0"], Limit);

        await Waiting.UntilAsync(() => _a.Find(arguments => arguments is ["sleep", "0.05"]).Count == 0, Limit, "the orphan stays");
        Assert.DoesNotContain(" Z ", (await _a.RunAsync(["sh", "-c", "cat /proc/[0-9]*/stat"], Limit)).Output);
    }

    [LabFact]
    public async Task A_pulled_cable_is_silent_for_both_sides()
    {
        Assert.Equal("a", await Servers.AskAsync(_b, _a.Address, 7000));

        await _a.PullCableAsync();

        Assert.Equal("1\n", (await _a.RunAsync(["cat", "/sys/class/net/eth0/carrier"], Limit)).Output);
        Assert.Equal("timeout", await Servers.AskAsync(_b, _a.Address, 7000));

        await _a.PlugCableAsync();

        Assert.Equal("a", await Servers.AskAsync(_b, _a.Address, 7000));
    }

    [LabFact]
    public async Task One_way_loss_takes_one_direction_only()
    {
        _a.Start(["perl", "-e", Servers.CountDatagrams, "7001"]);
        _b.Start(["perl", "-e", Servers.CountDatagrams, "7001"]);
        await Task.WhenAll(Servers.WaitDatagramAsync(_b, _a), Servers.WaitDatagramAsync(_a, _b));

        await _a.DropAsync(OneWay.Out);
        await Servers.SendDatagramAsync(_a, _b, "out");
        await Servers.SendDatagramAsync(_b, _a, "in");
        await Waiting.UntilAsync(async () => (await Servers.DatagramsAsync(_a)).Contains("in"), Limit, "nothing comes in", TimeSpan.FromMilliseconds(20));
        Assert.DoesNotContain("out", await Servers.DatagramsAsync(_b));

        await _a.DropAsync(OneWay.In);
        await Servers.SendDatagramAsync(_b, _a, "in-again");
        await Servers.SendDatagramAsync(_a, _b, "out-again");
        await Waiting.UntilAsync(async () => (await Servers.DatagramsAsync(_b)).Contains("out-again"), Limit, "nothing goes out", TimeSpan.FromMilliseconds(20));
        Assert.DoesNotContain("in-again", await Servers.DatagramsAsync(_a));

        await _a.HealAsync();
        Assert.Equal("a", await Servers.AskAsync(_b, _a.Address, 7000));
    }

    [LabFact]
    public async Task A_stopped_process_holds_still_until_it_may_go_on()
    {
        var server = _a.Find(arguments => arguments is ["perl", ..])[0];

        _a.Send(server, Signal.Stop);
        Assert.Equal("timeout", await Servers.AskAsync(_b, "a", 7000));
        _a.Send(server, Signal.Continue);

        Assert.Equal("a", await Servers.AskAsync(_b, "a", 7000));
    }

    [LabFact]
    public async Task A_host_that_resets_itself_comes_back()
    {
        _a.Start(["perl", "-e", "require 'syscall.ph' if 0; syscall(169, 0xfee1dead, 672274793, 0x1234567, 0)"]); // reboot(LINUX_REBOOT_CMD_RESTART)

        await Waiting.UntilAsync(() => _a is { Resets: 1, IsOn: true }, Limit, "no reset");
        Assert.Equal("a\n", (await _a.RunAsync(["hostname"], Limit)).Output);
        Assert.Equal("refused", await Servers.AskAsync(_b, "a", 7000));
    }
}
