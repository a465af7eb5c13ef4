using Holdfast.Protection.Images;
using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Tests.Images;

public sealed class ImageRestoreTests : IDisposable
{
    private readonly MemoryBlobs _vault = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-restore-").FullName;
    private readonly byte[] _content = ImageBackupTests.Content(seed: 20, (9 << 20) + 4321);

    private string Target => Path.Combine(_folder, "disk.img");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_new_file_gets_the_image_and_keeps_its_holes()
    {
        _content.AsSpan(2 << 20, 4 << 20).Clear();
        var image = await BackUpAsync();

        var result = await RestoreAsync(image);

        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal(0, result.ClearedBytes);
        using var restored = VolumeSource.Open(Target);
        Assert.False(restored.Data.Overlaps(new(3 << 20, 2 << 20)));
    }

    [Fact]
    public async Task Only_what_differs_is_written()
    {
        var image = await BackUpAsync();
        var there = _content.ToArray();
        there[5_000_000] ^= 1;
        File.WriteAllBytes(Target, there);

        var result = await RestoreAsync(image);

        Assert.Equal(_content, File.ReadAllBytes(Target));
        Assert.Equal(64 << 10, result.WrittenBytes + result.ClearedBytes);
    }

    [Fact]
    public async Task What_the_target_has_too_much_is_cleared_and_cut_off()
    {
        var image = await BackUpAsync();
        var there = new byte[12 << 20];
        Array.Fill(there, (byte)7);
        File.WriteAllBytes(Target, there);

        await RestoreAsync(image);

        Assert.Equal(_content, File.ReadAllBytes(Target));
    }

    [Fact]
    public async Task A_target_that_differs_afterwards_is_found_out()
    {
        var image = await BackUpAsync();
        await RestoreAsync(image);
        using (var file = File.OpenWrite(Target))
        {
            file.Position = 5_000_000;
            file.Write("oops"u8);
        }

        using var target = VolumeTarget.Open(Target, image.Layout.Length);
        var error = await Assert.ThrowsAsync<HoldfastException>(() => new ImageRestore(image, _vault).VerifyAsync(target, default));

        Assert.Equal("restore.differs", error.Code);
    }

    private async Task<ImageRestoreResult> RestoreAsync(StoredImage image)
    {
        using var target = VolumeTarget.Open(Target, image.Layout.Length);
        var restore = new ImageRestore(image, _vault);
        var result = await restore.RunAsync(target, progress: null, default);
        await restore.VerifyAsync(target, default);
        return result;
    }

    private async Task<StoredImage> BackUpAsync()
    {
        var result = await new ImageBackup(_vault, _vault, new()).RunAsync(new() { Source = new MemoryVolume(_content) }, default);
        return await StoredImage.OpenAsync(_vault, result.Tree, default);
    }
}
