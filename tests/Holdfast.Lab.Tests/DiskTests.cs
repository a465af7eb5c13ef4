using Holdfast.Lab.Hosts;
using Holdfast.Lab.Linux;
using Xunit;

namespace Holdfast.Lab.Tests;

public sealed class DiskTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private LabNetwork _lab = null!;
    private LabHost _a = null!;
    private LabHost _b = null!;

    public async Task InitializeAsync()
    {
        _lab = await LabNetwork.CreateAsync(new LabOptions { StateDiskBytes = 256 << 20 });
        await _lab.AddSharedDiskAsync("orders", 128 << 20);
        (_a, _b) = (await _lab.AddHostAsync("a"), await _lab.AddHostAsync("b"));
        await Task.WhenAll(_a.PowerOnAsync(), _b.PowerOnAsync());
    }

    public async Task DisposeAsync() => await _lab.DisposeAsync();

    [LabFact]
    public async Task A_power_off_keeps_what_was_synced_and_loses_the_rest()
    {
        await ShellAsync(_a, "cd /var/lib/holdfast; echo kept >kept; sync kept; echo lost >lost");
        Assert.Equal("kept\nlost\n", await ShellAsync(_a, "cat /var/lib/holdfast/kept /var/lib/holdfast/lost"));

        var off = await _a.PowerOffAsync();
        await _a.PowerOnAsync();

        Assert.True(off.Begun < off.LinkDown && off.LinkDown < off.Gone);
        Assert.Equal("kept\n", await ShellAsync(_a, "cat /var/lib/holdfast/kept"));
        Assert.Equal("", await ShellAsync(_a, "cat /var/lib/holdfast/lost 2>/dev/null || true"));
    }

    [LabFact]
    public async Task A_synced_overwrite_survives_and_an_unsynced_overwrite_does_not()
    {
        await ShellAsync(_a, "cd /var/lib/holdfast; head -c 8M /dev/zero | tr '\\0' 'x' >file; sync file; head -c 8M /dev/zero | tr '\\0' 'y' >/tmp/y; dd if=/tmp/y of=file conv=notrunc bs=1M oflag=direct status=none");
        Assert.Equal("y", await ShellAsync(_a, "head -c 1 /var/lib/holdfast/file"));

        await _a.PowerOffAsync();
        await _a.PowerOnAsync();

        Assert.Equal("8388608 x\n", await ShellAsync(_a, "cd /var/lib/holdfast; echo $(stat -c %s file) $(tr -s xy <file)"));
    }

    [LabFact]
    public async Task A_shared_disk_is_one_disk_for_all_and_late_writes_of_a_dead_host_do_not_reach_it()
    {
        const string Device = "/dev/shared/orders";
        await ShellAsync(_b, $"head -c 4096 {Device} | md5sum"); // The other host has looked at it before, as a probe would.
        await ShellAsync(_a, $"mkdir /srv/o; mount {Device} /srv/o; echo synced >/srv/o/synced; sync /srv/o/synced; echo late >/srv/o/late");

        await _a.PowerOffAsync();
        await ShellAsync(_b, $"mkdir /srv/o; mount {Device} /srv/o");

        Assert.Equal("synced\n", await ShellAsync(_b, "cat /srv/o/synced"));
        Assert.Equal("1\n", await ShellAsync(_b, "ls /srv/o | grep -vc lost+found"));

        await ShellAsync(_b, "echo from-b >/srv/o/b; umount /srv/o");
        await _a.PowerOnAsync();
        Assert.Equal("from-b\n", await ShellAsync(_a, $"mkdir /srv/o; mount {Device} /srv/o; cat /srv/o/b"));
    }

    [LabFact]
    public async Task A_clean_unmount_hands_the_disk_over_without_stale_pages()
    {
        const string Device = "/dev/shared/orders";
        await ShellAsync(_a, "mkdir /srv/o");
        await ShellAsync(_b, "mkdir /srv/o");
        for (var round = 0; round < 5; round++)
        {
            foreach (var host in new[] { _a, _b })
            {
                await ShellAsync(host, $"mount {Device} /srv/o; echo {round} {host.Name} >>/srv/o/rounds; umount /srv/o");
            }
        }

        Assert.Equal("10\n", await ShellAsync(_a, $"mount {Device} /srv/o; wc -l </srv/o/rounds"));
    }

    [LabFact]
    public async Task What_a_host_had_not_flushed_when_another_took_the_disk_never_comes_back()
    {
        const string Device = "/dev/shared/orders";
        await ShellAsync(_a, $"head -c 4096 /dev/zero | tr '\\0' 'x' >/tmp/x; dd if=/tmp/x of={Device} bs=4096 seek=100 oflag=direct status=none");
        Assert.Equal("x", await ShellAsync(_a, $"dd if={Device} bs=4096 skip=100 count=1 iflag=direct status=none | head -c 1"));

        await ShellAsync(_b, $"head -c 4096 /dev/zero | tr '\\0' 'y' >/tmp/y; dd if=/tmp/y of={Device} bs=4096 seek=100 oflag=direct conv=fsync status=none");

        Assert.Equal("y", await ShellAsync(_a, $"dd if={Device} bs=4096 skip=100 count=1 iflag=direct status=none | head -c 1"));
        await ShellAsync(_a, $"sync {Device}");
        Assert.Equal("y", await ShellAsync(_b, $"dd if={Device} bs=4096 skip=100 count=1 iflag=direct status=none | head -c 1"));
    }

    private static async Task<string> ShellAsync(LabHost host, string script)
    {
        var result = await host.RunAsync(["sh", "-ec", script], Limit);
        Assert.True(result.ExitCode == 0, $"{script}: {result.ExitCode}: {result.Output}");
        return result.Output;
    }
}
