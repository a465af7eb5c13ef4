using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Tests.Resources;

/// <summary>With real ext4 file systems on loop devices; needs root.</summary>
public sealed class DiskResourceTests
{
    [Fact]
    public async Task A_disk_is_claimed_mounted_unmounted_and_released()
    {
        await using var disk = await DiskImage.CreateAsync();
        await using var leash = new FakeLeash { IsReal = true };
        var resource = Create(disk, leash, epoch: 7);

        await resource.OnlineAsync(null, CancellationToken.None);

        Assert.Equal(new DiskClaim("orders", new RoleEpoch(1, 7), "a", ClaimState.Claimed), Claim(disk));
        Assert.Null(await resource.CheckAsync(CancellationToken.None));
        await File.WriteAllTextAsync(Path.Combine(disk.Target, "written"), "kept");
        Assert.DoesNotContain(leash.Held, unit => unit.Kind == UnitKind.Process); // Nothing keeps the epoch from being closed.

        await resource.OfflineAsync(CancellationToken.None);

        Assert.Equal(ClaimState.Released, Claim(disk).State);
        Assert.NotNull(await resource.CheckAsync(CancellationToken.None));
        Assert.Empty(leash.Held);
        await resource.OfflineAsync(CancellationToken.None); // Idempotent.
        Assert.Equal("clean", await FileSystemStateAsync(disk));
    }

    [Fact]
    public async Task A_node_that_wakes_up_late_leaves_a_disk_alone_that_has_a_newer_claim()
    {
        await using var disk = await DiskImage.CreateAsync();
        await using var newer = new FakeLeash { IsReal = true };
        await Create(disk, newer, epoch: 8, node: "b").OnlineAsync(null, CancellationToken.None);
        await newer.UnmountAsync("orders/it", CancellationToken.None); // Lost: its claim stays.
        await using var late = new FakeLeash { IsReal = true };

        var refusal = await Assert.ThrowsAsync<HoldfastException>(() => Create(disk, late, epoch: 7).OnlineAsync(null, CancellationToken.None));

        Assert.Equal("resource.disk-epoch", refusal.Code);
        Assert.Empty(late.Held);
        Assert.Equal("b", Claim(disk).Node);
        await Create(disk, late, epoch: 9).OnlineAsync(null, CancellationToken.None);
        Assert.Equal(("a", 9), (Claim(disk).Node, Claim(disk).Epoch.Number));
    }

    [Fact]
    public async Task The_hint_of_a_stale_claim_clears_it()
    {
        await using var disk = await DiskImage.CreateAsync();
        await using var leash = new FakeLeash { IsReal = true };
        await Create(disk, leash, epoch: 50).OnlineAsync(null, CancellationToken.None);
        await Create(disk, leash, epoch: 50).OfflineAsync(CancellationToken.None);
        var refusal = await Assert.ThrowsAsync<HoldfastException>(() => Create(disk, leash, epoch: 1).OnlineAsync(null, CancellationToken.None));

        await DiskImage.RequireAsync("sh", "-c", refusal.Hint!.Split(": ")[1]);

        await Create(disk, leash, epoch: 1).OnlineAsync(null, CancellationToken.None);
        Assert.Equal(1, Claim(disk).Epoch.Number);
    }

    [Fact]
    public async Task A_disk_that_another_node_has_mounted_is_refused_by_its_host_and_folder()
    {
        await using var disk = await DiskImage.CreateAsync();
        await using var leash = new FakeLeash { IsReal = true };
        var peers = new FakePeers { Holder = (new NodeName("c"), "/srv/there") };

        var refusal = await Assert.ThrowsAsync<HoldfastException>(() => Create(disk, leash, peers: peers).OnlineAsync(null, CancellationToken.None));

        Assert.Equal("resource.disk-mounted-elsewhere", refusal.Code);
        Assert.Contains("/srv/there of node c", refusal.Message, StringComparison.Ordinal);
        Assert.All(disk.ReadClaimArea(), part => Assert.Equal(0, part)); // Not even claimed.
    }

    [Fact]
    public async Task A_disk_mounted_by_hand_is_refused_and_found_by_peers()
    {
        await using var disk = await DiskImage.CreateAsync();
        Directory.CreateDirectory(disk.Target);
        await DiskImage.RequireAsync("mount", disk.Device, disk.Target);
        await using var leash = new FakeLeash { IsReal = true };

        var refusal = await Assert.ThrowsAsync<HoldfastException>(() => Create(disk, leash).OnlineAsync(null, CancellationToken.None));
        var problems = await TestRole.CheckOnNodeAsync(RoleOn(disk));

        Assert.Equal("resource.disk-mounted-elsewhere", refusal.Code);
        Assert.Contains("take it out of /etc/fstab", Assert.Single(problems).Message, StringComparison.Ordinal);
        Assert.Equal(disk.Target, MountTable.WhereIsMounted(DiskHeader.Read(disk.Device).Uuid));
    }

    [Fact]
    public async Task A_boot_loader_is_never_written_over()
    {
        await using var disk = await DiskImage.CreateAsync();
        await DiskImage.RequireAsync("sh", "-c", $"printf 'GRUB' | dd of={disk.Device} bs=512 seek=1 conv=notrunc,fsync status=none");
        await using var leash = new FakeLeash { IsReal = true };

        await Create(disk, leash).OnlineAsync(null, CancellationToken.None);

        Assert.True(disk.ReadClaimArea().AsSpan().StartsWith("GRUB"u8));
        Assert.Contains(leash.Held, unit => unit.Kind == UnitKind.Mount);
    }

    [Fact]
    public async Task A_torn_claim_is_no_claim()
    {
        await using var disk = await DiskImage.CreateAsync();
        await using var leash = new FakeLeash { IsReal = true };
        await Create(disk, leash, epoch: 9).OnlineAsync(null, CancellationToken.None);
        await Create(disk, leash, epoch: 9).OfflineAsync(CancellationToken.None);
        await DiskImage.RequireAsync("sh", "-c", $"printf 'x' | dd of={disk.Device} bs=1 seek=600 conv=notrunc,fsync status=none");

        await Create(disk, leash, epoch: 3).OnlineAsync(null, CancellationToken.None);

        Assert.Equal(3, Claim(disk).Epoch.Number);
    }

    [Theory]
    [InlineData("when-dirty", false, 0)]
    [InlineData("when-dirty", true, 1)]
    [InlineData("always", false, 1)]
    [InlineData("never", true, 0)]
    public async Task A_file_system_is_checked_when_it_is_marked_damaged(string when, bool isDamaged, int checks)
    {
        await using var disk = await DiskImage.CreateAsync();
        if (isDamaged) await DiskImage.RequireAsync("debugfs", "-w", "-R", "set_super_value state 2", disk.Device);
        await using var leash = new FakeLeash { IsReal = true };

        await Create(disk, leash, properties: $", fsck: {when}").OnlineAsync(null, CancellationToken.None);

        Assert.Equal(checks, leash.Runs.Count(run => run.Command[0].EndsWith("e2fsck", StringComparison.Ordinal)));
        Assert.Equal(isDamaged && when == "never", DiskHeader.Read(disk.Device).HasErrors);
    }

    [Fact]
    public async Task An_image_gets_a_loop_device_that_goes_away_with_the_mount()
    {
        await using var disk = await DiskImage.CreateAsync(asLoopDevice: false);
        await using var leash = new FakeLeash { IsReal = true };
        var resource = Create(disk, leash);

        await resource.OnlineAsync(null, CancellationToken.None);
        Assert.NotNull(BlockDevices.LoopOf(disk.Image));
        Assert.Null(await resource.CheckAsync(CancellationToken.None));
        await resource.OfflineAsync(CancellationToken.None);

        Assert.Null(BlockDevices.LoopOf(disk.Image));
        Assert.Equal(ClaimState.Released, Claim(disk).State);
    }

    [Fact]
    public async Task A_disk_is_found_by_its_uuid_and_adopted_after_an_agent_restart()
    {
        await using var disk = await DiskImage.CreateAsync();
        var uuid = DiskHeader.Read(disk.Device).Uuid;
        await using var leash = new FakeLeash { IsReal = true };
        var context = TestRole.Context(TestRole.Of($"{{ type: disk, device: UUID={uuid}, target: '{disk.Target}' }}"), leash);
        await TestRole.Create(context).OnlineAsync(null, CancellationToken.None);
        leash.Calls.Clear();

        await TestRole.Create(context).OnlineAsync(leash.Held.Single(), CancellationToken.None);

        Assert.Empty(leash.Calls);
        Assert.Equal(disk.Device, BlockDevices.PathOf(MountTable.At(disk.Target)!.DeviceNumber));
    }

    [Fact]
    public async Task A_file_system_that_the_kernel_made_read_only_is_reported()
    {
        await using var disk = await DiskImage.CreateAsync();
        await using var leash = new FakeLeash { IsReal = true };
        var resource = Create(disk, leash);
        await resource.OnlineAsync(null, CancellationToken.None);

        await DiskImage.RequireAsync("mount", "-o", "remount,ro", disk.Target);

        Assert.Contains("read-only", await resource.CheckAsync(CancellationToken.None), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_leash_that_refuses_stops_everything_before_the_disk_is_touched()
    {
        await using var disk = await DiskImage.CreateAsync();
        await using var leash = new FakeLeash { IsReal = true, Refusal = new LeashRefusedException("leash.expired", "the lease is over") };

        await Assert.ThrowsAsync<LeashRefusedException>(() => Create(disk, leash).OnlineAsync(null, CancellationToken.None));

        Assert.All(disk.ReadClaimArea(), part => Assert.Equal(0, part));
        Assert.Null(MountTable.At(disk.Target));
    }

    [Fact]
    public async Task A_device_without_a_file_system_is_found_before_it_is_accepted()
    {
        await using var disk = await DiskImage.CreateAsync();
        Assert.Empty(await TestRole.CheckOnNodeAsync(RoleOn(disk)));
        await DiskImage.RequireAsync("wipefs", "-a", "-q", disk.Device);

        Assert.Contains("mkfs.ext4", Assert.Single(await TestRole.CheckOnNodeAsync(RoleOn(disk))).Message, StringComparison.Ordinal);
        Assert.Contains("no device", Assert.Single(await TestRole.CheckOnNodeAsync(TestRole.Of("{ type: disk, device: UUID=1-2-3, target: /srv/none }"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ext4")]
    [InlineData("ext3")]
    [InlineData("ext2")]
    public async Task The_file_system_and_its_uuid_are_read_as_blkid_reads_them(string type)
    {
        await using var disk = await DiskImage.CreateAsync(asLoopDevice: false, "-t", type);

        var header = DiskHeader.Read(disk.Image);

        Assert.Equal($"{type} {header.Uuid}", (await DiskImage.RequireAsync("sh", "-c", $"echo $(blkid -p -o value -s TYPE {disk.Image}) $(blkid -p -o value -s UUID {disk.Image})")).Trim());
        Assert.Equal(type, header.FileSystem);
        Assert.False(header.NeedsCheck);
        Assert.IsType<ClaimArea.Empty>(header.Claim);
    }

    private static RoleSpec RoleOn(DiskImage disk, string properties = "") =>
        TestRole.Of($"{{ type: disk, device: '{disk.Device}', target: '{disk.Target}'{properties} }}");

    private static IResource Create(DiskImage disk, ILeash leash, long epoch = 7, string node = "a", IPeers? peers = null, string properties = "") =>
        TestRole.Create(TestRole.Context(RoleOn(disk, properties), leash, epoch, node, peers));

    private static DiskClaim Claim(DiskImage disk) => Assert.IsType<ClaimArea.Held>(DiskHeader.Read(disk.Device).Claim).Claim;

    private static async Task<string> FileSystemStateAsync(DiskImage disk) =>
        (await DiskImage.RequireAsync("sh", "-c", $"dumpe2fs -h {disk.Device} 2>/dev/null | sed -n 's/^Filesystem state: *//p'")).Trim();
}
