using Holdfast.Protection.Inventory;

namespace Holdfast.Protection.Tests.Inventory;

public class VolumeInventoryTests
{
    private const long GiB = 1L << 30;

    [Fact]
    public void A_server_has_its_partitions_and_logical_volumes_and_neither_swap_nor_containers()
    {
        var local = Machine.Volumes("server").Local;

        Assert.Equal(["/dev/sda1", "/dev/sda2", "/dev/mapper/vg-root", "/dev/mapper/vg-home", "filer:/office"], local.Select(volume => volume.Device));
    }

    [Fact]
    public void What_starts_the_machine_is_bootable_and_root_is_not_when_boot_is_apart()
    {
        var local = Machine.Volumes("server").Local;

        Assert.Equal(["/boot/efi", "/boot"], local.Where(volume => volume.Bootable).Select(volume => volume.Mounts[0].Path));
    }

    [Fact]
    public void A_logical_volume_on_an_encrypted_partition_is_encrypted_and_knows_its_disk()
    {
        var home = Of("server", "h0me-0000");

        Assert.True(home.Encrypted);
        Assert.Equal((295 * GiB, 100 * GiB, 180 * GiB), (home.TotalBytes, home.UsedBytes!.Value, home.FreeBytes!.Value));
        Assert.Equal([new("/dev/sda", "0x5002538e40a1b2c3", 3147776L * 512, 3)], home.Disks);
        Assert.False(Of("server", "b00t-0000").Encrypted);
    }

    [Fact]
    public void A_network_file_system_is_a_volume_without_disk()
    {
        var office = Machine.Volumes("server").Local[^1];

        Assert.Equal(("nfs4", 2000 * GiB), (office.FileSystem, office.TotalBytes));
        Assert.Empty(office.Disks);
    }

    [Fact]
    public void A_btrfs_of_two_disks_is_one_volume_with_its_subvolumes()
    {
        var pool = Assert.Single(Machine.Volumes("btrfs").Local);

        Assert.Equal([new("/", "/@", false), new("/home", "/@home", false), new("/snapshots", "/@snap", true)], pool.Mounts);
        Assert.Equal([new("/dev/nvme0n1", "eui.0025385b71b0a1c2", 4096 * 512, 2), new("/dev/nvme1n1", "eui.0025385b71b0a1c3", 0, null)], pool.Disks);
        Assert.True(pool.Compressed);
        Assert.False(pool.Protected);
        Assert.True(pool.Bootable);
    }

    [Fact]
    public void Two_paths_to_a_disk_are_one_disk()
    {
        var a = Of("san", "5hared-a", Shared("a", SharedVolumeStatus.AttachedHere));

        Assert.Equal([new("/dev/sdb", "0x600a098038303053", 1 << 20, 1)], a.Disks);
        Assert.Equal("a", a.SharedVolumeId);
    }

    [Fact]
    public void A_volume_that_is_online_elsewhere_is_listed_and_is_neither_local_nor_backed_up_here()
    {
        var volumes = Machine.Volumes("san", Shared("a", SharedVolumeStatus.AttachedHere), Shared("b", SharedVolumeStatus.OnlineElsewhere));

        Assert.Equal(["vm-root", "5hared-a"], volumes.Local.Select(volume => volume.Guid!));
        Assert.Equal([("a", true), ("b", false)], volumes.Shared.Select(volume => (volume.Facts.Id, volume.BackedUpHere)));
        Assert.Equal("/dev/mapper/mpathb-part1", volumes.Shared[1].Device);
        Assert.Equal((1L << 20, 1), (volumes.Shared[1].Disk!.OffsetBytes, volumes.Shared[1].Disk!.Partition!.Value));
    }

    [Theory]
    [InlineData("a", true)] // Mounted here.
    [InlineData("b", false)]
    public void A_volume_in_maintenance_is_local_only_where_it_is_attached(string id, bool local)
    {
        var volumes = Machine.Volumes("san", Shared(id, SharedVolumeStatus.Maintenance));

        Assert.Equal(local, volumes.Local.Any(volume => volume.SharedVolumeId == id));
        Assert.False(Assert.Single(volumes.Shared).BackedUpHere);
    }

    [Fact]
    public void A_shared_volume_whose_disk_cannot_be_seen_is_listed()
    {
        var shared = Assert.Single(Machine.Volumes("server", Shared("a", SharedVolumeStatus.OnlineElsewhere)).Shared);

        Assert.Null(shared.Device);
    }

    [Fact]
    public void Without_udev_and_with_numbers_as_text_volumes_are_found_all_the_same()
    {
        var local = Machine.Volumes("raid").Local;

        Assert.Equal(["/dev/md0", "/dev/loop0"], local.Select(volume => volume.Device));
        Assert.Equal(("m1rr0r", "my data", "ext4", 1099376361472), (local[0].Guid, local[0].Label, local[0].FileSystem, local[0].TotalBytes));
        Assert.Equal(["/dev/sda", "/dev/sdb"], local[0].Disks.Select(disk => disk.Name));
        Assert.True(local[1].Protected);
        Assert.Null(local[0].UsedBytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("""{"blockdevices":{}}""")]
    public void What_is_not_the_tools_answer_is_an_error_and_no_crash(string json)
    {
        var error = Assert.Throws<HoldfastException>(() => BlockDevices.Parse(json));

        Assert.Equal("inventory.unreadable", error.Code);
    }

    [Fact]
    public async Task This_machines_own_volumes_are_read()
    {
        var volumes = await VolumeReader.ReadAsync([], TimeProvider.System, default);

        Assert.Contains(volumes.Local, volume => volume.Mounts.Any(mount => mount.Path == "/"));
    }

    private static Volume Of(string machine, string guid, params SharedVolumeFacts[] shared) => Machine.Volumes(machine, shared).Local.Single(volume => volume.Guid == guid);

    private static SharedVolumeFacts Shared(string id, SharedVolumeStatus status) =>
        new() { Id = id, Name = id, Cluster = "office", FileSystemGuid = "5hared-" + id, Status = status };
}
