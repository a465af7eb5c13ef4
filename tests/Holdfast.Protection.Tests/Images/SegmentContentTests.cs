using FsCheck;
using FsCheck.Fluent;
using Holdfast.Protection.Images;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Tests.Images;

public class SegmentContentTests
{
    private const int Blob = 64 << 10;
    private static readonly ImageLayout Layout = new() { Length = (20 << 20) + 777, BlobSize = Blob, SegmentSize = 8 << 20 };

    [Fact]
    public void A_content_list_means_the_blobs_it_was_made_from() => Prop.ForAll(Gen.Choose(0, 2).ToArbitrary(), Gen.Choose(0, 3).ListOf().ToArbitrary(), (segment, kinds) =>
    {
        // Long stretches of one kind, so that runs of zeroes begin and end anywhere.
        var blobs = Enumerable.Range(0, Layout.BlobsOf(segment)).Select(i => kinds.Count == 0 || kinds[i / 11 % kinds.Count] == 0 ? default : BlobId.Of([(byte)i, (byte)kinds[i / 11 % kinds.Count]])).ToArray();

        var content = SegmentContent.Encode(Layout, segment, blobs);

        return SegmentContent.Decode(Layout, segment, content).SequenceEqual(blobs);
    }).Check(Config.QuickThrowOnFailure);

    [Fact]
    public void The_lengths_of_a_content_list_add_up_to_the_segment()
    {
        var blobs = new BlobId[Layout.BlobsOf(2)];
        blobs[^2] = BlobId.Of("x"u8);

        var content = SegmentContent.Encode(Layout, 2, blobs);

        Assert.Equal(Layout.RangeOf(2).Length, content.Sum(LengthOf));
    }

    [Fact]
    public void A_hole_of_four_mebibytes_is_one_blob()
    {
        var content = SegmentContent.Encode(Layout, 0, new BlobId[Layout.BlobsOf(0)]);

        Assert.Equal(2, content.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_content_list_that_does_not_fit_is_damage(int difference)
    {
        var content = Enumerable.Range(0, Layout.BlobsOf(0) + difference).Select(i => BlobId.Of([(byte)i])).ToList();

        var error = Assert.Throws<HoldfastException>(() => SegmentContent.Decode(Layout, 0, content));

        Assert.Equal("image.damaged", error.Code);
    }

    [Theory]
    [InlineData(0L, 64, 0)]
    [InlineData(4L << 30, 64, 16)]
    [InlineData(1L << 40, 64, 4096)]
    [InlineData(2L << 40, 128, 4096)]
    [InlineData(64L << 40, 1024, 8192)]
    public void Sizes_grow_with_the_volume(long length, int blobKiB, int segments)
    {
        var layout = ImageLayout.For(length);

        Assert.Equal((blobKiB << 10, segments), (layout.BlobSize, layout.Segments));
    }

    private static long LengthOf(BlobId id) => id == ZeroBlobs.IdOf(ZeroBlobs.LongRun) ? ZeroBlobs.LongRun : id == ZeroBlobs.IdOf(777) ? 777 : Blob;
}
