using System.Diagnostics;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Running;

[Collection("leash")]
public sealed class MountTests
{
    [RootFact]
    public async Task A_file_system_is_mounted_for_units_and_unmounted_verified()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await using var disk = await LoopDisk.CreateAsync(leash);
        await leash.StartShellAsync("other/early", "exec sleep 1000");

        await disk.MountAsync();
        // A namespace made now holds a copy of the mount; the unmount has to reach it.
        await leash.StartShellAsync("other/late", "exec sleep 1000");
        var seen = await leash.Client.RunAsync(new() { Unit = "orders/data", Warrant = leash.Warrant(), Command = ["touch", disk.Target + "/file"], Timeout = TimeSpan.FromSeconds(20) }, default);
        await leash.Client.StopAsync("orders/data", 9, TimeSpan.Zero, default);
        await leash.Client.UnmountAsync("orders/data", default);
        await leash.Client.UnmountAsync("orders/data", default);

        Assert.Equal(0, seen.ExitCode);
        Assert.False(await disk.IsMountedAsync());
        await leash.ToolAsync("e2fsck", "-fn", disk.Device);
        Assert.Equal(2, (await leash.Client.GetStateAsync(default)).Units.Length);
    }

    [RootFact]
    public async Task A_busy_file_system_is_not_called_unmounted()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await using var disk = await LoopDisk.CreateAsync(leash);
        await disk.MountAsync();
        var web = await leash.StartShellAsync("orders/web", $"cd \"{disk.Target}\" && exec sleep 1000");
        await RunningLeash.EventuallyAsync(() => File.ResolveLinkTarget($"/proc/{web}/cwd", false)!.FullName == disk.Target);

        await ProcessUnitTests.Refused("leash.failed", () => leash.Client.UnmountAsync("orders/data", default));
        await leash.Client.StopAsync("orders/web", 9, TimeSpan.Zero, default);
        await leash.Client.UnmountAsync("orders/data", default);

        Assert.False(await disk.IsMountedAsync());
    }

    [RootFact]
    public async Task At_the_deadline_a_busy_writer_is_cut_off_and_the_device_is_free()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await using var disk = await LoopDisk.CreateAsync(leash);
        await disk.MountAsync();
        await leash.StartShellAsync("orders/web", $"cd \"{disk.Target}\" && while :; do dd if=/dev/zero of=big bs=64k count=64 2>/dev/null; done");
        await RunningLeash.EventuallyAsync(() => disk.TryAsync("test", "-s", disk.Target + "/big").Result);

        await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(30)), default);
        var clean = await leash.NextAsync<LeashEvent.Clean>();

        Report.Write($"deadline to clean with a mounted ext4 under write: {clean.Took.TotalMilliseconds:0.0} ms");
        Assert.False(await disk.IsMountedAsync());
        // What reached the device after the clean report would be a second writer: it must not change any more.
        var before = await leash.ToolAsync("sha256sum", disk.Device);
        await leash.ToolAsync("sync");
        Assert.Equal(before, await leash.ToolAsync("sha256sum", disk.Device));
        await leash.ToolAsync("sh", "-c", $"e2fsck -fy {disk.Device}; [ $? -lt 4 ]");
    }

    [RootFact]
    public async Task A_mount_that_a_stranger_keeps_busy_is_stuck_and_said_so_and_is_never_called_clean()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync("--kill-time", "50")).ArmedAsync();
        await using var disk = await LoopDisk.CreateAsync(leash);
        await disk.MountAsync();
        using var stranger = Process.Start(new ProcessStartInfo("nsenter", [$"--target={leash.Holder}", "--mount", "--", "sh", "-c", $"cd \"{disk.Target}\" && echo in && exec sleep 600"]) { RedirectStandardOutput = true })!;
        await stranger.StandardOutput.ReadLineAsync();

        try
        {
            await leash.Client.CapAsync(leash.Incarnation, RunningLeash.In(TimeSpan.FromMilliseconds(10)), default);
            await RunningLeash.EventuallyAsync(() => leash.ReadLog().Contains("stuck: ", StringComparison.Ordinal));
            Assert.False((await leash.Client.GetStateAsync(default)).Clean);
            await ProcessUnitTests.Refused("leash.not-clean", () => leash.Client.MintAsync(0, default));
        }
        finally
        {
            stranger.Kill();
        }

        await leash.NextAsync<LeashEvent.Clean>();
        Assert.True((await leash.Client.GetStateAsync(default)).WorstSweep > TimeSpan.FromMilliseconds(50));
    }

    [RootFact]
    public async Task A_restarted_leash_unmounts_what_its_predecessor_left()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await using var disk = await LoopDisk.CreateAsync(leash);
        await disk.MountAsync();
        await leash.KillAsync();
        Assert.True(await disk.IsMountedAsync());

        await leash.LaunchAsync();

        Assert.False(await disk.IsMountedAsync());
    }

    [RootFact]
    public async Task A_device_or_a_target_in_use_is_refused()
    {
        await using var leash = await (await RunningLeash.StartIsolatedAsync()).ArmedAsync();
        await using var disk = await LoopDisk.CreateAsync(leash);
        await disk.MountAsync();

        await ProcessUnitTests.Refused("leash.failed", () => disk.MountAsync("orders/again", disk.Target + "-other"));
        await ProcessUnitTests.Refused("leash.failed", () => disk.MountAsync("orders/again", disk.Target));
        await leash.Client.UnmountAsync("orders/data", default);
        await ProcessUnitTests.Refused("leash.failed", () => leash.Client.MountAsync(new("orders/data", leash.Warrant(), disk.Device, disk.Target, "xfs", "", ""), default));
        Assert.Empty((await leash.Client.GetStateAsync(default)).Units);
    }

    private sealed class LoopDisk(RunningLeash leash, string device, string target) : IAsyncDisposable
    {
        public string Device { get; } = device;

        public string Target { get; } = target;

        public static async Task<LoopDisk> CreateAsync(RunningLeash leash)
        {
            var image = leash.MakeFile("disk.img");
            await leash.ToolAsync("truncate", "-s", "32M", image);
            await leash.ToolAsync("mkfs.ext4", "-q", image);
            return new(leash, (await leash.ToolAsync("losetup", "--find", "--show", image)).Trim(), leash.MakeFile("mounted here"));
        }

        public Task MountAsync(string unit = "orders/data", string? target = null) => leash.Client.MountAsync(new(unit, leash.Warrant(), Device, target ?? Target, "ext4", "noatime,errors=remount-ro", "tag"), default);

        public Task<bool> IsMountedAsync() => TryAsync("mountpoint", "-q", Target);

        public async Task<bool> TryAsync(params string[] command) => (await leash.ToolAsync(["sh", "-c", "\"$@\" && echo yes || echo no", "sh", .. command])).Trim() == "yes";

        public async ValueTask DisposeAsync()
        {
            if (await IsMountedAsync()) await leash.ToolAsync("umount", "-l", Target);
            await leash.ToolAsync("losetup", "--detach", Device);
        }
    }
}
