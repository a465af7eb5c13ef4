using FsCheck;
using FsCheck.Fluent;
using Holdfast.Vault.Compression;

namespace Holdfast.Vault.Tests.Compression;

public sealed class ZstdTests : IDisposable
{
    private readonly Zstd _zstd = new(CompressionMode.Auto);

    public void Dispose() => _zstd.Dispose();

    [Fact]
    public void What_was_compressed_comes_back_with_and_without_its_length() =>
        Prop.ForAll<byte[]>(content =>
        {
            var compressed = Compress(content);
            var known = new byte[content.Length];
            return _zstd.TryDecompress(compressed, known) && known.AsSpan().SequenceEqual(content) && content.AsSpan().SequenceEqual(_zstd.TryDecompress(compressed, 1 << 20));
        }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void A_bomb_is_refused_at_the_limit_and_takes_no_more_memory_than_it()
    {
        var bomb = Compress(new byte[256 << 20]);
        Assert.InRange(bomb.Length, 1, 64 << 10);
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.Null(_zstd.TryDecompress(bomb, 1 << 20));

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4 << 20);
    }

    [Theory]
    [InlineData(999)]
    [InlineData(1001)]
    public void Another_length_than_expected_is_refused(int expected) => Assert.False(_zstd.TryDecompress(Compress(new byte[1000]), new byte[expected]));

    [Fact]
    public void What_ends_early_is_refused()
    {
        var compressed = Compress([.. Enumerable.Range(0, 5000).Select(i => (byte)(i * i))]);

        for (var length = 0; length < compressed.Length; length += 7) Assert.Null(_zstd.TryDecompress(compressed.AsSpan(0, length), 1 << 20));
    }

    [Fact]
    public void What_does_not_get_shorter_is_told()
    {
        var noise = new byte[10_000];
        new Random(3).NextBytes(noise);

        Assert.Equal(0, _zstd.TryCompress(noise, new byte[noise.Length - 1]));
    }

    [Fact]
    public void Noise_in_place_of_a_frame_ends_in_an_answer()
    {
        var frame = Compress([.. Enumerable.Range(0, 5000).Select(i => (byte)(i / 7))]);
        var random = new Random(11);
        for (var turn = 0; turn < 3000; turn++)
        {
            var hostile = (byte[])frame.Clone();
            for (var flips = random.Next(1, 6); flips > 0; flips--) hostile[random.Next(turn % 2 == 0 ? 20 : hostile.Length) % hostile.Length] = (byte)random.Next();
            var content = _zstd.TryDecompress(hostile, 1 << 16);
            Assert.True(content is null or { Length: <= 1 << 16 });
        }
    }

    private byte[] Compress(byte[] content)
    {
        var output = new byte[content.Length + 1024];
        return output[.._zstd.TryCompress(content, output)];
    }
}
