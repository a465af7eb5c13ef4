using Holdfast.Protection.Inventory;

namespace Holdfast.Protection.Tests.Inventory;

public sealed class SharedVolumePlacesTests
{
    private static readonly BlockDevice[] Devices =
    [
        new() { KernelName = "dm-3", Path = "/dev/mapper/vg-orders", Type = "lvm", Uuid = "0rders" },
        new() { KernelName = "loop4", Path = "/dev/loop4", Type = "loop", Uuid = "1mage" },
    ];

    private static readonly MountedFileSystem[] Mounts = [new() { Target = "/srv/image", Source = "/dev/loop4", FileSystem = "ext4" }];

    [Theory]
    [InlineData("known", "/dev/nothing", "/srv/x", SharedVolumeStatus.AttachedHere, "known")]
    [InlineData("", "/dev/vg/orders", "/srv/orders", SharedVolumeStatus.OnlineElsewhere, "0rders")] // Both names lead to dm-3.
    [InlineData("", "/images/one.img", "/srv/image", SharedVolumeStatus.AttachedHere, "1mage")]
    [InlineData("", "/images/one.img", "/srv/image", SharedVolumeStatus.OnlineElsewhere, "")] // What is mounted there then is something else.
    [InlineData("", "/dev/not/here", "/srv/orders", SharedVolumeStatus.Offline, "")]
    public void A_shared_volume_is_found_by_its_file_system_its_mount_or_any_name_of_its_device(string guid, string device, string target, SharedVolumeStatus status, string found)
    {
        var told = new SharedVolumeFacts { Id = "orders/data", Name = "orders/data", Cluster = "lab", FileSystemGuid = guid, Device = device, Target = target, Status = status };

        Assert.Equal(found, Assert.Single(SharedVolumePlaces.Find([told], Devices, Mounts, path => path is "/dev/vg/orders" or "/dev/mapper/vg-orders" ? "/dev/dm-3" : path)).FileSystemGuid);
    }
}
