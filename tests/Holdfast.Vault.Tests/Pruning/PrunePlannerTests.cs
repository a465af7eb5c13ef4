using FsCheck;
using FsCheck.Fluent;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Tests.Snapshots;

namespace Holdfast.Vault.Tests.Pruning;

public class PrunePlannerTests
{
    private const int Header = 36;
    private const int Entry = 41;

    [Fact]
    public void A_pack_of_which_nothing_is_used_goes_and_one_wholly_used_stays()
    {
        var plan = Plan(used: [1], index: [Blob(1, pack: 100), Blob(2, pack: 101)]);

        Assert.Equal([Some.Id(101)], plan.Remove);
        Assert.Empty(plan.Repack);
        Assert.Equal(1, plan.Statistics.PacksKept);
    }

    [Fact]
    public void A_pack_that_no_index_lists_goes()
    {
        var input = Input([1], [Blob(1, pack: 100)]);
        var plan = PrunePlanner.Plan(input with { Packs = new Dictionary<BlobId, long>(input.Packs) { [Some.Id(105)] = 77 } }, new());

        Assert.Equal([Some.Id(105)], plan.Unreferenced);
        Assert.Equal(77, plan.Statistics.Freed);
    }

    [Fact]
    public void A_half_used_pack_is_repacked_and_only_what_is_used_is_taken()
    {
        var plan = Plan(used: [1], index: [Blob(1, pack: 100), Blob(2, pack: 100)]);

        Assert.Equal([Some.Id(100)], plan.Repack);
        Assert.Equal([new BlobHandle(BlobKind.Data, Some.Id(1))], plan.Keep);
    }

    [Fact]
    public void Unused_data_within_the_limit_is_left_alone()
    {
        PackedBlob[] index = [Blob(1, pack: 100, length: 1_000_000), Blob(2, pack: 100, length: 40_000)];

        Assert.Empty(Plan([1], index, new PruneOptions().WithMaxUnused("5%")).Repack);
        Assert.Empty(Plan([1], index, new PruneOptions().WithMaxUnused("unlimited")).Repack);
        Assert.Empty(Plan([1], index, new PruneOptions().WithMaxUnused("40000")).Repack);
        Assert.Single(Plan([1], index, new PruneOptions().WithMaxUnused("39K")).Repack);
        Assert.Single(Plan([1], index, new PruneOptions().WithMaxUnused("0")).Repack);
        Assert.Empty(Plan([1], index, new PruneOptions { MaxRepackBytes = 1_000_000 }.WithMaxUnused("0")).Repack);
        Assert.Empty(Plan([1], index, new PruneOptions { RepackCacheableOnly = true }.WithMaxUnused("0")).Repack);
    }

    [Fact]
    public void Of_two_copies_one_stays_and_is_not_repacked()
    {
        var plan = Plan(used: [1, 2], index: [Blob(1, pack: 100), Blob(2, pack: 100), Blob(1, pack: 101)]);

        Assert.Equal([Some.Id(101)], plan.Remove);
        Assert.Empty(plan.Repack);
    }

    [Fact]
    public void A_used_blob_that_is_nowhere_stops_everything()
    {
        Assert.Equal("prune.blobs-missing", Assert.Throws<HoldfastException>(() => Plan([1, 2], [Blob(1, pack: 100)])).Code);

        var input = Input([1], [Blob(1, pack: 100)]) with { Packs = new Dictionary<BlobId, long>() };
        Assert.Equal("prune.blobs-missing", Assert.Throws<HoldfastException>(() => PrunePlanner.Plan(input, new())).Code);
    }

    [Fact]
    public void A_copy_in_a_pack_that_is_gone_is_no_copy()
    {
        var input = Input([1], [Blob(1, pack: 100), Blob(1, pack: 101), Blob(2, pack: 102)]);
        var packs = new Dictionary<BlobId, long>(input.Packs);
        packs.Remove(Some.Id(101));
        packs.Remove(Some.Id(102));

        var plan = PrunePlanner.Plan(input with { Packs = packs }, new());

        Assert.Empty(plan.Remove);
        Assert.Equal([Some.Id(101), Some.Id(102)], plan.Forget.Order());
    }

    [Fact]
    public void A_pack_of_another_length_than_its_index_says_stops_everything()
    {
        var input = Input([1], [Blob(1, pack: 100)]) with { Packs = new Dictionary<BlobId, long> { [Some.Id(100)] = 5 } };

        Assert.Equal("prune.pack-size", Assert.Throws<HoldfastException>(() => PrunePlanner.Plan(input, new())).Code);
    }

    [Fact]
    public void Many_small_packs_are_gathered_and_a_few_are_not()
    {
        var ten = Enumerable.Range(1, 10).ToArray();
        PackedBlob[] index = [.. ten.Select(number => Blob(number, pack: 100 + number))];

        Assert.Equal(10, Plan(ten, index).Repack.Count);
        Assert.Empty(Plan(ten[..9], index[..9]).Repack);
    }

    [Fact]
    public void Uncompressed_trees_are_compressed_where_the_format_can()
    {
        PackedBlob[] index = [Blob(1, pack: 100, kind: BlobKind.Tree) with { UncompressedLength = 0, Length = 900 }];
        var input = Input([], index) with { Used = new HashSet<BlobHandle> { new(BlobKind.Tree, Some.Id(1)) }, Packs = new Dictionary<BlobId, long> { [Some.Id(100)] = Header + 37 + 900 } };

        Assert.Single(PrunePlanner.Plan(input, new()).Repack);
        Assert.Empty(PrunePlanner.Plan(input with { Version = 1 }, new()).Repack);
    }

    [Fact]
    public void Whatever_is_planned_everything_used_stays()
    {
        var vaults = from entries in Gen.Choose(0, 12).Zip(Gen.Choose(0, 5)).ArrayOf(25)
                     from used in Gen.Choose(0, 12).ArrayOf(8)
                     from missing in Gen.Choose(0, 9)
                     from percent in Gen.Choose(0, 99)
                     select (entries, used, missing, percent);

        Prop.ForAll(vaults.ToArbitrary(), vault =>
        {
            PackedBlob[] index = [.. vault.entries.Distinct().Select(entry => Blob(entry.Item1, pack: 100 + entry.Item2, length: (uint)(100 * (entry.Item1 + 1))))];
            var input = Input(vault.used, index);
            var packs = input.Packs.Where(pack => pack.Key != Some.Id(100 + vault.missing)).ToDictionary();
            var isThere = vault.used.All(blob => index.Any(entry => entry.Id == Some.Id(blob) && packs.ContainsKey(entry.Pack)));
            PrunePlan plan;
            try
            {
                plan = PrunePlanner.Plan(input with { Packs = packs }, new() { MaxUnusedPercent = vault.percent });
            }
            catch (HoldfastException refused) when (refused.Code == "prune.blobs-missing")
            {
                return !isThere;
            }

            var stays = index.Where(entry => packs.ContainsKey(entry.Pack) && !plan.Obsolete.Contains(entry.Pack) && !plan.Unreferenced.Contains(entry.Pack)).Select(entry => entry.Id).ToHashSet();
            var kept = plan.Keep.Select(blob => blob.Id).ToHashSet();
            var repackable = index.Where(entry => plan.Repack.Contains(entry.Pack)).Select(entry => entry.Id).ToHashSet();
            return isThere && vault.used.All(blob => stays.Contains(Some.Id(blob)) ^ kept.Contains(Some.Id(blob))) && kept.IsSubsetOf(repackable);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(2000));
    }

    [Theory]
    [InlineData("100%")]
    [InlineData("-5%")]
    [InlineData("much")]
    [InlineData("")]
    public void A_limit_that_is_none_is_refused(string text) => Assert.Equal("prune.bad-max-unused", Assert.Throws<HoldfastException>(() => new PruneOptions().WithMaxUnused(text)).Code);

    [Theory]
    [InlineData("0", 0)]
    [InlineData("17", 17)]
    [InlineData("2k", 2048)]
    [InlineData("3M", 3L << 20)]
    [InlineData("1T", 1L << 40)]
    public void Sizes_are_powers_of_1024(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var read));
        Assert.Equal(bytes, read);
        Assert.False(ByteSize.TryParse("9999999T", out _));
    }

    private static PrunePlan Plan(int[] used, PackedBlob[] index, PruneOptions? options = null) => PrunePlanner.Plan(Input(used, index), options ?? new());

    private static PruneInput Input(int[] used, PackedBlob[] index) => new()
    {
        Used = used.Select(blob => new BlobHandle(BlobKind.Data, Some.Id(blob))).ToHashSet(),
        Index = index,
        Packs = index.GroupBy(blob => blob.Pack).ToDictionary(pack => pack.Key, pack => Header + pack.Sum(blob => Entry + (long)blob.Length)),
        Version = 2,
    };

    private static PackedBlob Blob(int number, int pack, uint length = 500, BlobKind kind = BlobKind.Data) => new(kind, Some.Id(number), Some.Id(pack), 0, length, length * 2);
}
