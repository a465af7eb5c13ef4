using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Checking;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Backends;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Checking;

public sealed class CheckerTests : IAsyncLifetime
{
    private static readonly CheckOptions ReadAll = new() { Read = ReadSubset.All };
    private readonly StillClock _clock = new(Some.Noon);
    private readonly MemoryBackend _backend = new();
    private VaultRepository _vault = null!;
    private Snapshot _snapshot = null!;

    public async Task InitializeAsync()
    {
        _vault = await TestVault.InitAsync(_backend);
        _snapshot = await TestVault.BackUpAsync(_vault, Some.Noon, [.. Enumerable.Range(0, 6).Select(piece => TestVault.Piece(piece))]);
        await TestVault.BackUpAsync(_vault, Some.Noon.AddDays(1), TestVault.Piece(6), TestVault.Piece(7));
    }

    public async Task DisposeAsync() => await _vault.DisposeAsync();

    [Fact]
    public async Task A_sound_vault_has_no_problems()
    {
        var report = await CheckAsync(ReadAll);

        Assert.Empty(report.Problems);
        Assert.Equal((2, 4, 4, 0), (report.Snapshots, report.Packs, report.PacksRead, report.UnusedBlobs));
    }

    [Fact]
    public async Task What_only_the_index_lost_is_not_called_lost_while_its_packs_are_there()
    {
        foreach (var index in await TestVault.FilesAsync(_backend, VaultFileKind.Index)) await _backend.RemoveAsync(index, default);

        var report = await CheckAsync(ReadAll);

        Assert.Equal(2, report.Problems.Count(problem => problem.Code == "check.snapshot-affected"));
        foreach (var problem in report.Problems)
        {
            Assert.Contains("holdfast vault repair index", problem.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("can be kept", problem.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain("a prune removes it", problem.ToString(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_pack_is_found_and_named()
    {
        var pack = (await TestVault.FilesAsync(_backend, VaultFileKind.Pack))[0];
        var content = await _backend.LoadAsync(pack, default);
        for (var at = 0; at < content.Length; at += 97)
        {
            var damaged = content.ToArray();
            damaged[at] ^= 0x10;
            await ReplaceAsync(pack, damaged);

            var report = await CheckAsync(ReadAll);

            Assert.False(report.IsSound);
            Assert.Contains(report.Problems, problem => problem.Code == "check.pack-damaged" && problem.File == pack.ToString());
        }
    }

    [Fact]
    public async Task An_index_that_names_blobs_that_are_not_in_the_pack_is_told()
    {
        await _vault.LoadIndexAsync(default);
        var blobs = _vault.Index.All.Where(blob => blob.Kind == BlobKind.Data).GroupBy(blob => blob.Pack).First().ToList();
        blobs[0] = blobs[0] with { Id = BlobId.Of("nowhere"u8) }; // As long as what is there: no length gives it away.
        foreach (var file in await TestVault.FilesAsync(_backend, VaultFileKind.Index)) await _backend.RemoveAsync(file, default);
        await _vault.SaveIndexAsync([blobs], [], default);

        var report = await CheckAsync(ReadAll);

        Assert.Contains(report.Problems, problem => problem.Code == "check.pack-damaged" && problem.Message.Contains("list different blobs", StringComparison.Ordinal));
        Assert.Contains(report.Problems, problem => problem.Code == "check.blob-damaged");
    }

    [Theory]
    [InlineData(VaultFileKind.Index, "check.index-damaged")]
    [InlineData(VaultFileKind.Snapshot, "check.snapshot-damaged")]
    public async Task A_damaged_file_of_any_kind_is_named(VaultFileKind kind, string code)
    {
        var file = (await TestVault.FilesAsync(_backend, kind))[0];
        var content = await _backend.LoadAsync(file, default);
        content[^1] ^= 1;
        await ReplaceAsync(file, content);

        var report = await CheckAsync(new());

        Assert.Contains(report.Problems, problem => problem.Code == code && problem.File == file.ToString() && problem.Kind == ProblemKind.Error);
    }

    [Fact]
    public async Task A_pack_that_is_gone_is_named_with_the_snapshots_that_need_it()
    {
        await _vault.LoadIndexAsync(default);
        Assert.True(_vault.Index.TryFind(BlobKind.Tree, _snapshot.Tree, out var tree));
        await _backend.RemoveAsync(new(VaultFileKind.Pack, tree.Pack.ToString()), default);

        var report = await CheckAsync(new());

        Assert.Contains(report.Problems, problem => problem.Code == "check.pack-missing" && problem.File == $"data/{tree.Pack}");
        Assert.Equal([$"snapshots/{_snapshot.Id}"], report.Problems.Where(problem => problem.Code == "check.snapshot-affected").Select(problem => problem.File));
        Assert.Null(report.UnusedBlobs);
    }

    [Fact]
    public async Task A_data_blob_that_no_index_has_is_named()
    {
        var index = (await TestVault.FilesAsync(_backend, VaultFileKind.Index)).First();
        await _backend.RemoveAsync(index, default);

        var codes = (await CheckAsync(new())).Problems.Select(problem => problem.Code).ToHashSet();

        Assert.Contains("check.pack-unlisted", codes);
        Assert.True(codes.Contains("check.data-missing") || codes.Contains("check.tree-unreadable"));
    }

    [Fact]
    public async Task A_pack_that_was_cut_off_is_named_without_reading_it()
    {
        var pack = (await TestVault.FilesAsync(_backend, VaultFileKind.Pack))[0];
        await ReplaceAsync(pack, (await _backend.LoadAsync(pack, default))[..^10]);

        Assert.Contains((await CheckAsync(new())).Problems, problem => problem.Code == "check.pack-length" && problem.File == pack.ToString());
    }

    [Fact]
    public async Task A_stray_pack_is_a_hint_and_no_error()
    {
        var stray = TestVault.Piece(50);
        await _backend.SaveAsync(new(VaultFileKind.Pack, BlobId.Of(stray).ToString()), stray, default);

        var report = await CheckAsync(ReadAll);

        Assert.Equal("check.pack-unlisted", Assert.Single(report.Problems).Code);
        Assert.True(report.IsSound);
    }

    [Fact]
    public async Task What_was_read_lately_is_not_read_again_and_what_was_damaged_is()
    {
        using var scratch = new Scratch();
        var pack = (await TestVault.FilesAsync(_backend, VaultFileKind.Pack))[0];
        var content = await _backend.LoadAsync(pack, default);
        var damaged = content.ToArray();
        damaged[5] ^= 1;
        await ReplaceAsync(pack, damaged);
        await CheckAsync(Remembering(scratch));
        await ReplaceAsync(pack, content);

        var second = await CheckAsync(Remembering(scratch));
        _clock.Pass(TimeSpan.FromDays(31));
        var third = await CheckAsync(Remembering(scratch));

        Assert.Equal((1, 3), (second.PacksRead, second.PacksTrusted));
        Assert.Equal((4, 0), (third.PacksRead, third.PacksTrusted));
    }

    [Fact]
    public void A_history_that_is_damaged_or_anothers_is_as_good_as_none()
    {
        using var scratch = new Scratch();
        var history = ReadHistory.Open(scratch["history"], "vault");
        history.Note(Some.Id(1), whole: true, Some.Noon);
        history.Save(new Dictionary<BlobId, long> { [Some.Id(1)] = 1 });

        Assert.Equal(Some.Noon, ReadHistory.Open(scratch["history"], "vault").LastRead(Some.Id(1)));
        Assert.Null(ReadHistory.Open(scratch["history"], "other").LastRead(Some.Id(1)));
        var bytes = File.ReadAllBytes(scratch["history"]);
        bytes[40] ^= 1;
        File.WriteAllBytes(scratch["history"], bytes);
        Assert.Null(ReadHistory.Open(scratch["history"], "vault").LastRead(Some.Id(1)));
    }

    [Fact]
    public void All_parts_together_are_all_packs()
    {
        var packs = Enumerable.Range(0, 600).ToDictionary(Some.Id, number => 1000L + number);

        var parts = Enumerable.Range(1, 7).SelectMany(part => ReadSubset.Parse($"{part}/7").Choose(packs, _ => null, new Random(1))).ToList();

        Assert.Equal(packs.Keys.ToHashSet(), parts.ToHashSet());
        Assert.Equal(600, parts.Count);
    }

    [Fact]
    public void A_share_takes_those_first_that_were_not_read_for_long()
    {
        var packs = Enumerable.Range(0, 10).ToDictionary(Some.Id, _ => 100L);

        var chosen = ReadSubset.Parse("30%").Choose(packs, pack => pack == Some.Id(3) || pack == Some.Id(7) ? null : Some.Noon, new Random(1));

        Assert.Equal(3, chosen.Count);
        Assert.Subset(chosen.ToHashSet(), new HashSet<BlobId> { Some.Id(3), Some.Id(7) });
        Assert.Equal(2, ReadSubset.Parse("150").Choose(packs, _ => null, new Random(1)).Count);
    }

    [Theory]
    [InlineData("0/3")]
    [InlineData("4/3")]
    [InlineData("1/257")]
    [InlineData("0%")]
    [InlineData("101%")]
    [InlineData("some")]
    public void What_is_no_subset_is_refused(string text) => Assert.Equal("check.bad-subset", Assert.Throws<HoldfastException>(() => ReadSubset.Parse(text)).Code);

    private CheckOptions Remembering(Scratch scratch) => ReadAll with { History = ReadHistory.Open(scratch["history"], _vault.Config.Id), Trust = TimeSpan.FromDays(30) };

    private Task<CheckReport> CheckAsync(CheckOptions options) => new Checker(_vault, _clock).CheckAsync(options, default);

    private async Task ReplaceAsync(VaultFile file, byte[] content)
    {
        await _backend.RemoveAsync(file, default);
        await _backend.SaveAsync(file, content, default);
    }
}
