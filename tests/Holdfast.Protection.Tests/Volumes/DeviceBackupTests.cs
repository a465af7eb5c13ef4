using Holdfast.Protection.Images;
using Holdfast.Protection.Tests.Machines;
using Holdfast.Protection.Volumes;
using Holdfast.Protection.VolumeSnapshots;

namespace Holdfast.Protection.Tests.Volumes;

/// <summary>A real block device with a mounted ext4.</summary>
public sealed class DeviceBackupTests : IDisposable
{
    private readonly LoopVolume _volume = LoopVolume.Ext4();
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-device-").FullName;
    private readonly MemoryBlobs _vault = new();

    private string Device => LoopVolume.Run("findmnt", "--noheadings", "--output", "SOURCE", _volume.Mount).Trim();

    private string Restored => Path.Combine(_folder, "restored");

    private FreezeNotes Notes => new(Path.Combine("/dev/shm", Path.GetFileName(_folder)));

    public void Dispose()
    {
        Notes.ThawLeftOvers();
        _volume.Dispose();
        Directory.Delete(Notes.Folder);
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_mounted_device_is_frozen_and_read_as_it_is_now_and_not_as_it_was_cached()
    {
        var file = Path.Combine(_volume.Mount, "file");
        File.WriteAllText(file, new string('a', 1_000_000));
        LoopVolume.Run("sync", "-f", _volume.Mount);
        using var cached = VolumeSource.Open(Device);
        cached.Read(0, new byte[cached.Length]);
        using (var writer = new FileStream(file, FileMode.Open)) writer.Write(System.Text.Encoding.ASCII.GetBytes(new string('b', 1_000_000)));

        var result = await new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(Device, null, new() { Run = "1", FreezeNotes = Notes }, default);
        await new VolumeRestore(_vault).RunAsync(await StoredImage.OpenAsync(_vault, result.Tree, default), Restored, verify: true, null, default);

        Assert.Equal(SnapshotKind.Freeze, result.HeldBy);
        LoopVolume.Run("e2fsck", "-fn", Restored);
        LoopVolume.Run("unshare", "--mount", "sh", "-ec", $"mount -o loop,ro {Restored} /mnt; cmp /mnt/file {file}; umount /mnt");
        File.WriteAllText(file, "thawed");
    }

    [Fact]
    public async Task A_mounted_device_that_may_not_be_frozen_is_not_read_while_it_changes()
    {
        var error = await Assert.ThrowsAsync<HoldfastException>(() => new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(Device, null, new() { Run = "1" }, default));

        Assert.Equal("volume.in-use", error.Code);
    }

    [Fact]
    public void A_mounted_device_is_not_restored_to()
    {
        var error = Assert.Throws<HoldfastException>(() => VolumeTarget.Open(Device, 1 << 20));

        Assert.Equal("volume.in-use", error.Code);
    }

    [Fact]
    public async Task An_image_is_restored_to_a_device_and_a_device_that_is_too_small_is_refused()
    {
        LoopVolume.Run("umount", _volume.Mount);
        var loop = LoopVolume.Run("losetup", "--find", "--show", _volume.Image).Trim();
        try
        {
            var content = ImagesContent();
            var result = await new ImageBackup(_vault, _vault, new()).RunAsync(new() { Source = new MemoryVolume(content) }, default);
            var image = await StoredImage.OpenAsync(_vault, result.Tree, default);

            await new VolumeRestore(_vault).RunAsync(image, loop, verify: true, null, default);

            using var source = VolumeSource.Open(loop);
            var there = new byte[content.Length];
            source.Read(0, there);
            Assert.Equal(content, there);
            Assert.Equal("volume.too-small", Assert.Throws<HoldfastException>(() => VolumeTarget.Open(loop, 1L << 40)).Code);
        }
        finally
        {
            LoopVolume.Run("losetup", "--detach", loop);
        }
    }

    [Fact]
    public async Task A_backup_of_a_device_that_is_not_mounted_is_taken_up_where_it_was_killed()
    {
        await WithoutMountAsync(async device =>
        {
            var last = await KillAsync(device);

            var result = await BackUpAsync(device, last);

            using var source = VolumeSource.Open(device);
            var (there, stored) = (new byte[source.Length], new byte[source.Length]);
            source.Read(0, there);
            await new ImageReader(await StoredImage.OpenAsync(_vault, result.Tree, default), _vault).ReadAsync(0, stored, default);
            Assert.True(there.AsSpan().SequenceEqual(stored));
            Assert.InRange(result.Image!.ReadBytes, 1, source.Length - (8 << 20));
        });
    }

    [Fact]
    public async Task A_device_that_was_mounted_since_it_was_killed_is_read_from_the_beginning()
    {
        await WithoutMountAsync(async device =>
        {
            var last = await KillAsync(device);
            LoopVolume.Run("mount", device, Elsewhere);
            LoopVolume.Run("umount", Elsewhere);

            var result = await BackUpAsync(device, last);

            Assert.Equal(64 << 20, result.Image!.ReadBytes);
        });
    }

    [Fact]
    public async Task A_device_that_is_mounted_while_it_is_read_makes_no_image()
    {
        await WithoutMountAsync(async device =>
        {
            var options = Options(checkpoint: _ =>
            {
                if (MountTable.WritableMountOf(device) is null) LoopVolume.Run("mount", device, Elsewhere);
                return ValueTask.CompletedTask;
            });

            var error = await Assert.ThrowsAsync<HoldfastException>(() => new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(device, null, options, default));

            Assert.Equal("snapshot.lost", error.Code);
        });
    }

    [Theory]
    [InlineData(0x3A, 0)] // In use, without a journal.
    [InlineData(0x3A, 3)] // With errors.
    [InlineData(0x60, 4)] // A journal to replay: in use, or a crash.
    [InlineData(0x38, 0)] // Something else.
    public void A_file_system_that_was_not_put_away_cleanly_does_not_tell_its_state(int at, byte value)
    {
        var superblock = new byte[1024];
        (superblock[0x38], superblock[0x39], superblock[0x3A]) = (0x53, 0xEF, 1);
        Assert.NotNull(SettledState.NameOf(superblock, 1 << 20));

        superblock[at] = value;

        Assert.Null(SettledState.NameOf(superblock, 1 << 20));
    }

    [Theory]
    [InlineData("8:1", "/data with space")]
    [InlineData("8:2", "/both")] // Read-only here and writable there is writable.
    [InlineData("8:3", null)]
    [InlineData("9:9", null)]
    public void Where_a_device_is_mounted_for_writing_is_read_from_the_kernels_table(string numbers, string? mount)
    {
        const string Table = """
            22 1 8:1 / /data\040with\040space rw,relatime shared:1 - ext4 /dev/sda1 rw
            23 1 8:2 / /both ro,relatime shared:2 - xfs /dev/sda2 rw
            24 1 8:3 / /ro ro,relatime - xfs /dev/sda3 ro,inode64
            """;

        Assert.Equal(mount, MountTable.WritableMountOf(Table, numbers));
    }

    private static VolumeBackupOptions Options(Func<ImageCheckpoint, ValueTask>? checkpoint = null, ImageCheckpoint? resume = null) => new()
    {
        Run = "1", Resume = resume, SkipFreeBlocks = false,
        Image = new() { CheckpointBytes = 8 << 20, OnCheckpoint = checkpoint is null ? null : async (made, _) => await checkpoint(made) },
    };

    private Task<VolumeBackupResult> BackUpAsync(string device, ImageCheckpoint? resume) => new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(device, null, Options(resume: resume), default);

    /// <summary>The second checkpoint of a backup that is killed then.</summary>
    private async Task<ImageCheckpoint> KillAsync(string device)
    {
        List<ImageCheckpoint> made = [];
        using var kill = new CancellationTokenSource();
        var options = Options(async checkpoint =>
        {
            made.Add(checkpoint);
            if (made.Count == 2) await kill.CancelAsync();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => new VolumeBackup(_vault, _vault, TimeProvider.System).RunAsync(device, null, options, kill.Token));
        return made[^1];
    }

    private string Elsewhere => Directory.CreateDirectory(Path.Combine(_folder, "elsewhere")).FullName;

    /// <summary>A device that nobody has ever mounted: what was mounted may stay so in somebody else's namespace.</summary>
    private async Task WithoutMountAsync(Func<string, Task> body)
    {
        var (content, image) = (Directory.CreateDirectory(Path.Combine(_folder, "content")).FullName, Path.Combine(_folder, "image"));
        File.WriteAllBytes(Path.Combine(content, "file"), ImagesContent());
        LoopVolume.Run("truncate", "-s", "64M", image);
        LoopVolume.Run("mkfs.ext4", "-q", "-F", "-d", content, image);
        var device = LoopVolume.Run("losetup", "--find", "--show", image).Trim();
        try
        {
            await body(device);
        }
        finally
        {
            if (MountTable.WritableMountOf(device) is { } mount) LoopVolume.Run("umount", mount);
            LoopVolume.Run("losetup", "--detach", device);
        }
    }

    private static byte[] ImagesContent()
    {
        var content = new byte[20 << 20];
        new Random(30).NextBytes(content.AsSpan(0, 10 << 20));
        return content;
    }
}
