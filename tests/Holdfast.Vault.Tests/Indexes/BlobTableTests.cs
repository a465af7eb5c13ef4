using Holdfast.Vault.Blobs;
using Holdfast.Vault.Indexes;

namespace Holdfast.Vault.Tests.Indexes;

public sealed class BlobTableTests
{
    [Fact]
    public void It_finds_what_a_dictionary_of_lists_finds()
    {
        var random = new Random(1);
        var table = new BlobTable();
        var model = new Dictionary<(BlobKind, BlobId), List<(uint Offset, int Pack)>>();
        for (var i = 0u; i < 50_000; i++)
        {
            var kind = (BlobKind)random.Next(2);
            var id = BlobId.Of(BitConverter.GetBytes(random.Next(30_000))); // Both kinds of one id, and one blob in several packs.
            var pack = random.Next(1000);
            table.Add(new(kind, id, default, i, 40, kind == BlobKind.Tree ? 99u : 0), pack);
            if (!model.TryGetValue((kind, id), out var places)) model.Add((kind, id), places = []);
            places.Add((i, pack));
        }

        Assert.Equal(50_000, table.Count);
        foreach (var ((kind, id), places) in model)
        {
            var found = new List<(uint, int)>();
            for (var at = table.Find(kind, id); at >= 0; at = table.Next(at))
            {
                Assert.Equal(kind == BlobKind.Tree, table[at].IsCompressed);
                found.Add((table[at].Offset, table.PackOf(at)));
            }

            Assert.Equal(places.Order(), found.Order());
        }

        Assert.True(table.Find(BlobKind.Data, BlobId.Of("absent"u8)) < 0);
    }

    [Fact]
    public void An_entry_costs_no_more_than_seventy_bytes()
    {
        const int Many = 1 << 20;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var table = new BlobTable();
        Span<byte> id = stackalloc byte[BlobId.Length];
        for (var i = 0; i < Many; i++)
        {
            BitConverter.TryWriteBytes(id, i);
            table.Add(new(BlobKind.Data, new(id), default, 0, 40, 0), 0);
        }

        var each = (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Many;

        Assert.InRange(each, 1, 70);
        Assert.Equal(Many, table.Count);
    }
}
