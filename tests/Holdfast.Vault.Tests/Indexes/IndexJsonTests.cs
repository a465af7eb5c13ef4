using System.Text;
using System.Text.Json;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Indexes;

namespace Holdfast.Vault.Tests.Indexes;

public sealed class IndexJsonTests
{
    private static readonly BlobId PackA = BlobId.Of("pack a"u8);
    private static readonly BlobId PackB = BlobId.Of("pack b"u8);

    private static readonly PackedBlob[][] Packs =
    [
        [new(BlobKind.Data, BlobId.Of("1"u8), PackA, 0, 50, 0), new(BlobKind.Tree, BlobId.Of("2"u8), PackA, 50, 60, 700)],
        [new(BlobKind.Data, BlobId.Of("1"u8), PackB, 4_000_000_000, 50, 0)],
    ];

    [Fact]
    public void It_reads_as_it_was_written()
    {
        var contents = IndexJson.Read(IndexJson.Write(Packs, [PackB.ToString()]));

        Assert.Equal([PackA, PackB], contents.Packs);
        Assert.Equal(Packs.SelectMany(pack => pack), contents.Blobs);
        Assert.Equal([PackB.ToString()], contents.Supersedes);
    }

    [Fact]
    public void It_is_the_json_that_restic_writes()
    {
        var text = Encoding.UTF8.GetString(IndexJson.Write([Packs[0]], []));

        Assert.Equal($$"""{"packs":[{"id":"{{PackA}}","blobs":[{"id":"{{BlobId.Of("1"u8)}}","type":"data","offset":0,"length":50},{"id":"{{BlobId.Of("2"u8)}}","type":"tree","offset":50,"length":60,"uncompressed_length":700}]}]}""", text);
    }

    [Fact]
    public void The_order_of_keys_and_unknown_ones_do_not_matter()
    {
        var json = $$"""{"new":{"a":[1]},"packs":[{"blobs":[{"length":50,"x":[],"offset":3,"type":"tree","id":"{{PackB}}"}],"id":"{{PackA}}"}],"supersedes":null}""";

        var contents = IndexJson.Read(Encoding.UTF8.GetBytes(json));

        Assert.Equal([new PackedBlob(BlobKind.Tree, PackB, PackA, 3, 50, 0)], contents.Blobs);
    }

    [Fact]
    public void The_oldest_form_is_an_array_of_packs() =>
        Assert.Equal([PackA], IndexJson.Read(Encoding.UTF8.GetBytes($$"""[{"id":"{{PackA}}","blobs":[]}]""")).Packs);

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("{}{}")]
    [InlineData("""{"packs":[{"blobs":[]}]}""")]
    [InlineData("""{"packs":[{"id":"12"}]}""")]
    [InlineData("""{"packs":{}}""")]
    [InlineData("""{"supersedes":["x"]}""")]
    public void What_is_no_index_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => IndexJson.Read(Encoding.UTF8.GetBytes(json)));

    [Theory]
    [InlineData("\"offset\":-1")]
    [InlineData("\"offset\":4294967296")]
    [InlineData("\"offset\":1.5")]
    [InlineData("\"length\":31")]
    [InlineData("\"length\":4294967295")]
    [InlineData("\"uncompressed_length\":4294967295")]
    [InlineData("\"type\":\"tea\"")]
    [InlineData("\"type\":1")]
    [InlineData("\"id\":\"zz\"")]
    public void A_blob_that_cannot_be_is_refused(string property)
    {
        var json = $$"""{"packs":[{"id":"{{PackA}}","blobs":[{"id":"{{PackB}}","type":"data","offset":0,"length":50,{{property}}}]}]}""";

        Assert.ThrowsAny<JsonException>(() => IndexJson.Read(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Noise_ends_in_an_answer()
    {
        var json = IndexJson.Write(Packs, [PackA.ToString()]);
        var random = new Random(7);
        var refused = 0;
        for (var turn = 0; turn < 20_000; turn++)
        {
            var hostile = (byte[])json.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--) hostile[random.Next(hostile.Length)] = (byte)random.Next();
            try
            {
                Assert.InRange(IndexJson.Read(hostile.AsSpan(0, random.Next(10) == 0 ? random.Next(hostile.Length) : hostile.Length)).Blobs.Count, 0, 3);
            }
            catch (JsonException)
            {
                refused++;
            }
        }

        Assert.InRange(refused, 10_000, 20_000);
    }
}
