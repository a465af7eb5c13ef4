using FsCheck;
using FsCheck.Fluent;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Packs;

namespace Holdfast.Vault.Tests.Packs;

public sealed class PackHeaderTests
{
    private static readonly PackEntry[] Entries =
    [
        new(BlobKind.Data, BlobId.Of("a"u8), 0, 100, 0),
        new(BlobKind.Data, BlobId.Of("b"u8), 100, 40, 5000),
        new(BlobKind.Tree, BlobId.Of("c"u8), 140, 33, 0),
        new(BlobKind.Tree, BlobId.Of("d"u8), 173, 900, 4000),
    ];

    private const long BlobBytes = 1073;

    [Fact]
    public void It_reads_as_it_was_written() => Assert.Equal(Entries, PackHeader.Read(Written(), BlobBytes));

    [Theory]
    [InlineData(BlobBytes - 1)]
    [InlineData(BlobBytes + 1)]
    public void Blobs_that_do_not_fill_the_pack_exactly_are_refused(long blobBytes) => Assert.Null(PackHeader.Read(Written(), blobBytes));

    [Fact]
    public void A_header_that_ends_early_is_refused()
    {
        var header = Written();
        for (var length = 0; length < header.Length; length++) Assert.Null(PackHeader.Read(header.AsSpan(0, length), BlobBytes));
    }

    [Fact]
    public void Noise_is_refused_or_describes_the_pack_exactly() =>
        Prop.ForAll<byte[], ushort>((noise, blobBytes) => PackHeader.Read(noise, blobBytes) is not { } entries || entries.Sum(entry => entry.Length) == blobBytes)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(1000));

    [Fact]
    public void Any_change_of_a_byte_is_refused_or_read_within_bounds()
    {
        var header = Written();
        for (var at = 0; at < header.Length; at++)
        {
            for (var value = 0; value < 256; value++)
            {
                var hostile = (byte[])header.Clone();
                hostile[at] = (byte)value;
                if (PackHeader.Read(hostile, BlobBytes) is not { } entries) continue;
                Assert.Equal(BlobBytes, entries.Sum(entry => entry.Length));
                Assert.All(entries, entry => Assert.InRange(entry.UncompressedLength, 0u, (uint)PackedBlobs.MaxContentBytes));
            }
        }
    }

    private static byte[] Written()
    {
        var output = new byte[Entries.Length * PackHeader.MaxEntryBytes];
        return output[..PackHeader.Write(Entries, output)];
    }
}
