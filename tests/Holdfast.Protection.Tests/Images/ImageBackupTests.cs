using FsCheck;
using FsCheck.Fluent;
using Holdfast.Protection.Images;
using Holdfast.Protection.Ranges;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Tests.Images;

public class ImageBackupTests
{
    private const int Blob = 64 << 10;
    private readonly MemoryBlobs _vault = new();

    [Fact]
    public async Task An_image_is_read_back_at_any_place()
    {
        var content = Content(seed: 1, (9 << 20) + 4321);
        var image = await BackUpAsync(new MemoryVolume(content));
        var reader = new ImageReader(image, _vault);

        Prop.ForAll(Gen.Choose(0, content.Length + 100).ToArbitrary(), Gen.Choose(0, 300_000).ToArbitrary(), (offset, length) =>
        {
            var buffer = new byte[length];
            var read = reader.ReadAsync(offset, buffer, default).AsTask().GetAwaiter().GetResult();
            return buffer.AsSpan(0, read).SequenceEqual(content.AsSpan(Math.Min(offset, content.Length), Math.Clamp(content.Length - offset, 0, length)));
        }).Check(Config.QuickThrowOnFailure);
    }

    [Fact]
    public async Task What_is_not_changed_is_neither_read_nor_stored_again()
    {
        var content = Content(seed: 2, 75 << 20);
        var first = await BackUpAsync(new MemoryVolume(content));
        var blobs = _vault.Count;
        content[70_000] ^= 1;
        var volume = new MemoryVolume(content);

        var second = await BackUpAsync(volume, first, RangeSet.Of([new(70_000, 1)]));

        Assert.Equal(Blob, volume.ReadBytes);
        Assert.Equal(blobs + 4, _vault.Count); // The blob, its segment, what the image says of itself, and the image.
        Assert.Equal(content, await ReadAsync(second));
    }

    [Fact]
    public async Task A_hole_is_not_read_and_costs_one_tree_for_all_segments()
    {
        var length = 40L << 30;
        using var volume = new Sparse(length, RangeSet.Of([new(5L << 30, 10)]));

        var result = await Backup().RunAsync(new() { Source = volume }, default);
        var image = await StoredImage.OpenAsync(_vault, result.Tree, default);

        Assert.Equal(Blob, volume.ReadBytes);
        Assert.Equal(7, _vault.Count); // Its blob, zero blobs of two lengths, two segment trees, image.json and the image.
        Assert.Equal(length, image.Layout.Length);
    }

    [Fact]
    public async Task Space_that_is_free_now_is_zero_although_the_parent_had_data_there()
    {
        var content = Content(seed: 3, 8 << 20);
        var first = await BackUpAsync(new MemoryVolume(content));

        var second = await BackUpAsync(new MemoryVolume(content, RangeSet.Of([new(0, 1 << 20)])), first, RangeSet.Of([new(1 << 20, 2 << 20)]));

        content.AsSpan(1 << 20, 2 << 20).Clear();
        Assert.Equal(content, await ReadAsync(second));
    }

    [Theory]
    [InlineData(3 << 20)]
    [InlineData((5 << 20) + 1)]
    [InlineData((9 << 20) + 4321)]
    [InlineData(17 << 20)]
    public async Task A_volume_that_grew_or_shrank_needs_no_map_of_the_difference(int newLength)
    {
        var content = Content(seed: 4, (9 << 20) + 4321);
        var first = await BackUpAsync(new MemoryVolume(content));
        var now = Content(seed: 5, newLength);
        content.AsSpan(0, Math.Min(content.Length, newLength)).CopyTo(now);

        var second = await BackUpAsync(new MemoryVolume(now), first, RangeSet.Empty);

        Assert.Equal(now, await ReadAsync(second));
    }

    [Fact]
    public async Task A_map_that_missed_a_change_is_found_out_and_not_believed_again()
    {
        var content = Content(seed: 6, 8 << 20);
        var first = await BackUpAsync(new MemoryVolume(content));
        content[3 << 20] ^= 1;

        var result = await Backup().RunAsync(new() { Source = new MemoryVolume(content), Parent = first, Changed = RangeSet.Of([new(0, 1)]), Audit = true }, default);

        Assert.Equal(RangeSet.Of([new(3 << 20, Blob)]), result.Mismatches);
        Assert.Contains($"{3 << 20}+{Blob}", result.Info.MapTrust.Distrusted, StringComparison.Ordinal);
        Assert.False(result.Info.MapTrust.MayBelieve(everyNth: 0));
        Assert.Equal(content, await ReadAsync(await StoredImage.OpenAsync(_vault, result.Tree, default)));
    }

    [Fact]
    public async Task A_map_that_is_right_passes_its_audit()
    {
        var content = Content(seed: 7, 8 << 20);
        var first = await BackUpAsync(new MemoryVolume(content));
        content[3 << 20] ^= 1;

        var result = await Backup().RunAsync(new() { Source = new MemoryVolume(content), Parent = first, Changed = RangeSet.Of([new(3 << 20, 1)]), Audit = true }, default);

        Assert.True(result.Mismatches.IsEmpty);
        Assert.Equal(content.Length, result.ReadBytes);
        Assert.True(result.Info.MapTrust.MayBelieve(everyNth: 10));
    }

    [Fact]
    public void Every_nth_backup_reads_everything()
    {
        var trust = new MapTrust();
        var believed = 0;
        while (trust.MayBelieve(everyNth: 5))
        {
            trust = trust.Believed();
            believed++;
        }

        Assert.Equal(4, believed);
        Assert.True(trust.ReadEverything(mismatch: null).MayBelieve(everyNth: 5));
    }

    [Fact]
    public async Task What_is_no_image_is_said_to_be_none()
    {
        var tree = await _vault.SaveAsync(BlobKind.Tree, """{"nodes":[]}"""u8.ToArray(), default);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => StoredImage.OpenAsync(_vault, tree.Id, default));

        Assert.Equal("image.not-one", error.Code);
    }

    [Theory]
    [InlineData("tree.damaged", "")]
    [InlineData("tree.damaged", "{")]
    [InlineData("tree.damaged", """{"nodes":5}""")]
    [InlineData("tree.damaged", """{"nodes":[{"name":"000000","subtree":"12"}]}""")]
    [InlineData("image.not-one", """{"nodes":[{"subtree":null}]}""")]
    [InlineData("image.damaged", """{"nodes":[{"name":"000001","type":"dir","subtree":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},{"name":"image.json","type":"file","content":[]}]}""")]
    public async Task A_malformed_image_is_damage_and_no_crash(string code, string json)
    {
        var tree = await _vault.SaveAsync(BlobKind.Tree, System.Text.Encoding.UTF8.GetBytes(json), default);

        var error = await Assert.ThrowsAsync<HoldfastException>(() => StoredImage.OpenAsync(_vault, tree.Id, default));

        Assert.Equal(code, error.Code);
    }

    /// <summary>Segments of 4 MiB, so that small volumes have several.</summary>
    internal static ImageLayout Small(long length) => new() { Length = length, BlobSize = Blob, SegmentSize = 4 << 20 };

    internal static byte[] Content(int seed, int length)
    {
        var content = new byte[length];
        var random = new Random(seed);
        for (var at = 0; at < length; at += 100_000)
        {
            if (random.Next(3) > 0) random.NextBytes(content.AsSpan(at, Math.Min(100_000, length - at)));
        }

        return content;
    }

    private ImageBackup Backup() => new(_vault, _vault, new() { Workers = 3 });

    private async Task<StoredImage> BackUpAsync(IImageSource volume, StoredImage? parent = null, RangeSet? changed = null) =>
        await StoredImage.OpenAsync(_vault, (await Backup().RunAsync(new() { Source = volume, Parent = parent, Changed = changed, Layout = Small(volume.Length) }, default)).Tree, default);

    private async Task<byte[]> ReadAsync(StoredImage image)
    {
        var content = new byte[image.Layout.Length];
        Assert.Equal(content.Length, await new ImageReader(image, _vault).ReadAsync(0, content, default));
        return content;
    }

    /// <summary>A volume with ones where it has data.</summary>
    private sealed class Sparse(long length, RangeSet data) : IImageSource
    {
        public long Length => length;

        public RangeSet Data => data;

        public long ReadBytes { get; private set; }

        public void Read(long offset, Span<byte> buffer)
        {
            ReadBytes += buffer.Length;
            buffer.Clear();
            foreach (var range in data.Within(new(offset, buffer.Length)).Ranges) buffer.Slice((int)(range.Offset - offset), (int)range.Length).Fill(1);
        }

        public void Dispose()
        {
        }
    }
}
