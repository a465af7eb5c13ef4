using System.Buffers.Binary;
using Holdfast.Protection.Allocation;
using Holdfast.Protection.Images;
using Holdfast.Protection.Ranges;
using Holdfast.Protection.Tests.Machines;

namespace Holdfast.Protection.Tests.Allocation;

public sealed class UsedBlocksTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-used-").FullName;

    private string Image => Path.Combine(_folder, "image");

    private string Restored => Path.Combine(_folder, "restored");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("64", "e2fsck -fn", "mkfs.ext4", "-q", "-F")]
    [InlineData("320", "xfs_repair -n", "mkfs.xfs", "-q")]
    public async Task What_was_deleted_is_left_out_and_the_file_system_is_whole(string mebibytes, string check, params string[] mkfs)
    {
        var secret = "deleted secret "u8.ToArray();
        using (var volume = LoopVolume.Make(mebibytes, mkfs))
        {
            File.WriteAllBytes(Path.Combine(volume.Mount, "gone"), [.. Enumerable.Repeat(secret, 1_000_000).SelectMany(bytes => bytes)]);
            File.WriteAllText(Path.Combine(volume.Mount, "kept"), "kept");
            LoopVolume.Run("sync", "-f", volume.Mount);
            File.Delete(Path.Combine(volume.Mount, "gone"));
            for (var i = 0; i < 200; i++) File.WriteAllText(Path.Combine(volume.Mount, $"file{i}"), new string('x', i * 100));
            LoopVolume.Run("umount", volume.Mount);
            File.Copy(volume.Image, Image);
        }

        var vault = new MemoryBlobs();
        var used = await UsedBlocks.ReadAsync(Image, default);
        Assert.NotNull(used);
        using var source = VolumeSource.Open(Image, used);
        var result = await new ImageBackup(vault, vault, new()).RunAsync(new() { Source = source }, default);
        var image = await StoredImage.OpenAsync(vault, result.Tree, default);
        using (var target = VolumeTarget.Open(Restored, image.Layout.Length)) await new ImageRestore(image, vault).RunAsync(target, null, default);

        Assert.True(File.ReadAllBytes(Image).AsSpan().IndexOf(secret) >= 0, "the image should have had it");
        Assert.True(File.ReadAllBytes(Restored).AsSpan().IndexOf(secret) < 0, "it was not left out");
        LoopVolume.Run("sh", "-c", $"{check} {Restored}");
        LoopVolume.Run("unshare", "--mount", "sh", "-ec", $"mount -o loop,ro {Restored} /mnt && grep -qx kept /mnt/kept && test $(ls /mnt | grep -c file) = 200 && umount /mnt");
    }

    [Fact]
    public async Task While_a_journal_holds_what_the_maps_do_not_everything_is_read()
    {
        using (var volume = LoopVolume.Ext4())
        {
            File.WriteAllText(Path.Combine(volume.Mount, "new"), "new");
            LoopVolume.Run("sync", "-f", volume.Mount);
            File.Copy(volume.Image, Image); // As after a loss of power.
        }

        Assert.Null(await UsedBlocks.ReadAsync(Image, default));
    }

    [Fact]
    public async Task What_is_no_file_system_is_read_whole()
    {
        File.WriteAllBytes(Image, new byte[1 << 20]);

        Assert.Null(await UsedBlocks.ReadAsync(Image, default));
    }

    [Fact]
    public void A_map_is_read_and_what_comes_after_it_is_in_use()
    {
        const string Log = "# Domain logfile\n# current_pos  current_status\n0x3000     ?\n#      pos        size  status\n0x00000000  0x00001000  +\n0x00001000  0x00001000  ?\n0x00002000  0x00001000  +\n";

        Assert.Equal(RangeSet.Of([new(0, 0x1000), new(0x2000, 0x2000)]), DomainLog.Parse(Log, 0x4000));
    }

    [Theory]
    [InlineData("")]
    [InlineData("0x0 ?\n0x0 0x1000 +\n0x2000 0x1000 ?")] // A gap.
    [InlineData("0x0 ?\n0x0 0x9000 ?")] // Longer than the volume.
    [InlineData("0x0 ?\n0x0 zzz +")]
    [InlineData("0x0 ?\n0x0 0x1000")]
    [InlineData("0x0 ?\n0x0 0xFFFFFFFFFFFFFFFF ?")]
    public void A_map_that_is_not_whole_leaves_nothing_out(string log) => Assert.Null(DomainLog.Parse(log, 0x8000));

    [Theory]
    [InlineData(0xEF53, 1, 0, 0, true)]
    [InlineData(0xEF53, 1, 4, 0, false)] // Needs recovery.
    [InlineData(0xEF53, 0, 0, 0, false)] // Not unmounted.
    [InlineData(0xEF53, 3, 0, 0, false)] // With errors.
    [InlineData(0xEF53, 1, 0, 0x200, false)] // Clusters.
    [InlineData(0x1234, 1, 0, 0, false)]
    public void Only_a_clean_ext4_is_believed(int magic, int state, int incompatible, int readOnlyCompatible, bool settled)
    {
        var superblock = new byte[ExtSuperblock.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(superblock.AsSpan(0x38), (ushort)magic);
        BinaryPrimitives.WriteUInt16LittleEndian(superblock.AsSpan(0x3A), (ushort)state);
        BinaryPrimitives.WriteUInt32LittleEndian(superblock.AsSpan(0x60), (uint)incompatible);
        BinaryPrimitives.WriteUInt32LittleEndian(superblock.AsSpan(0x64), (uint)readOnlyCompatible);

        Assert.Equal(settled, ExtSuperblock.IsSettled(superblock));
    }
}
