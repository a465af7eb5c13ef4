using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Checking;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repairing;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Repairing;

public sealed class RepairTests : IAsyncLifetime
{
    private readonly StillClock _clock = new(Some.Noon);
    private Restic _restic = null!;
    private Snapshot _first = null!;

    private VaultRepository Vault => _restic.Vault;

    public async Task InitializeAsync()
    {
        _restic = await Restic.StartAsync();
        _first = await TestVault.BackUpAsync(Vault, Some.Noon, TestVault.Piece(1), TestVault.Piece(2), TestVault.Piece(3));
        await TestVault.BackUpAsync(Vault, Some.Noon.AddDays(1), TestVault.Piece(4));
    }

    public async Task DisposeAsync() => await _restic.DisposeAsync();

    [Fact]
    public async Task An_index_is_made_anew_from_the_packs()
    {
        foreach (var file in await TestVault.FilesAsync(_restic.Backend, VaultFileKind.Index)) await _restic.Backend.RemoveAsync(file, default);

        var rehearsed = await RepairIndexAsync(apply: false);
        Assert.Empty(await TestVault.FilesAsync(_restic.Backend, VaultFileKind.Index));
        await RepairIndexAsync(apply: true);

        Assert.Equal(4, rehearsed.Read.Count);
        Assert.Equal(4, (await TestVault.ReadAllAsync(Vault)).Count);
        await _restic.RunAsync("check", "--read-data");
        Assert.True((await RepairIndexAsync(apply: false)).IsClean);
    }

    [Fact]
    public async Task A_damaged_index_and_a_lost_pack_are_forgotten()
    {
        var index = (await TestVault.FilesAsync(_restic.Backend, VaultFileKind.Index))[0];
        await ReplaceAsync(index, [1, 2, 3]);
        var pack = await PackOfAsync(BlobKind.Data, BlobId.Of(TestVault.Piece(4)));
        await _restic.Backend.RemoveAsync(new(VaultFileKind.Pack, pack.ToString()), default);

        var plan = await RepairIndexAsync(apply: true);

        Assert.Equal([index], plan.Damaged);
        Assert.False(Vault.Index.TryFind(BlobKind.Data, BlobId.Of(TestVault.Piece(4)), out _));
        Assert.True(Vault.Index.TryFind(BlobKind.Data, BlobId.Of(TestVault.Piece(1)), out _));
    }

    [Fact]
    public async Task What_can_be_read_of_a_damaged_pack_is_kept_and_what_is_left_of_a_snapshot_restores()
    {
        await Vault.LoadIndexAsync(default);
        Assert.True(Vault.Index.TryFind(BlobKind.Data, BlobId.Of(TestVault.Piece(2)), out var blob));
        var file = new VaultFile(VaultFileKind.Pack, blob.Pack.ToString());
        var content = await _restic.Backend.LoadAsync(file, default);
        content[blob.Offset + 50] ^= 1;
        await ReplaceAsync(file, content);

        await using (var held = await VaultLock.ExcludeAsync(Vault, _clock, default))
        {
            var salvage = new PackSalvage(Vault, _clock);
            var plan = await salvage.PlanAsync([blob.Pack], default);
            Assert.Equal((2, 1), (plan[0].Whole.Count, plan[0].Damaged.Count));
            await salvage.RunAsync(plan, held, default);

            var repair = new SnapshotRepair(Vault);
            Assert.NotNull(await repair.RepairAsync(_first, rehearse: true, default));
            repair = new SnapshotRepair(Vault);
            var repaired = await repair.SaveAsync(_first, (await repair.RepairAsync(_first, rehearse: false, default))!, [], forget: true, held, default);
            Assert.True(repaired.HasTag(ReservedTags.Repaired));
            Assert.Equal(_first.Id, repaired.LastingId);
        }

        await _restic.RunAsync("check", "--read-data");
        await _restic.RunAsync("restore", "--tag", ReservedTags.Repaired, "latest", "--target", _restic["restored"]);
        Assert.Equal(TestVault.Piece(1), await File.ReadAllBytesAsync(_restic["restored/folder/file00"]));
        Assert.Empty(await File.ReadAllBytesAsync(_restic["restored/folder/file01"]));
        Assert.Equal(TestVault.Piece(3), await File.ReadAllBytesAsync(_restic["restored/folder/file02"]));
    }

    [Fact]
    public async Task A_directory_that_is_lost_becomes_an_empty_one()
    {
        var pack = await PackOfAsync(BlobKind.Tree, _first.Tree);
        await _restic.Backend.RemoveAsync(new(VaultFileKind.Pack, pack.ToString()), default);
        await RepairIndexAsync(apply: true);
        await using var held = await VaultLock.ExcludeAsync(Vault, _clock, default);
        var snapshots = await SnapshotFiles.ListAsync(Vault, null, default);

        var repair = new SnapshotRepair(Vault);
        foreach (var snapshot in snapshots)
        {
            if (await repair.RepairAsync(snapshot, rehearse: false, default) is { } after) await repair.SaveAsync(snapshot, after, snapshots, forget: true, held, default);
        }

        Assert.Single(repair.Changes);
        Assert.True((await new Checker(Vault, _clock).CheckAsync(new() { Read = ReadSubset.All }, default)).IsSound);
    }

    [Fact]
    public async Task A_pack_that_was_cut_off_stays_listed_as_far_as_it_goes_and_what_is_whole_is_saved()
    {
        await Vault.LoadIndexAsync(default);
        Assert.True(Vault.Index.TryFind(BlobKind.Data, BlobId.Of(TestVault.Piece(3)), out var last));
        var file = new VaultFile(VaultFileKind.Pack, last.Pack.ToString());
        await ReplaceAsync(file, (await _restic.Backend.LoadAsync(file, default))[..(int)(last.Offset + 10)]);

        var plan = await RepairIndexAsync(apply: true);
        Assert.Equal((2, 1), (plan.Unreadable[0].Kept, plan.Unreadable[0].Forgotten));
        Assert.False(plan.IsClean);
        Assert.True((await RepairIndexAsync(apply: false)).IsClean);

        await using var held = await VaultLock.ExcludeAsync(Vault, _clock, default);
        var salvage = new PackSalvage(Vault, _clock);
        await salvage.RunAsync(await salvage.PlanAsync([last.Pack], default), held, default);
        Assert.Equal(TestVault.Piece(1), await Vault.LoadAsync(BlobKind.Data, BlobId.Of(TestVault.Piece(1)), default));
        Assert.Equal(TestVault.Piece(2), await Vault.LoadAsync(BlobKind.Data, BlobId.Of(TestVault.Piece(2)), default));
    }

    [Fact]
    public async Task What_is_in_a_pack_that_no_index_lists_is_taken_out_of_it_too()
    {
        var pack = await PackOfAsync(BlobKind.Data, BlobId.Of(TestVault.Piece(4)));
        foreach (var file in await TestVault.FilesAsync(_restic.Backend, VaultFileKind.Index)) await _restic.Backend.RemoveAsync(file, default);
        await Vault.LoadIndexAsync(default);

        await using var held = await VaultLock.ExcludeAsync(Vault, _clock, default);
        var salvage = new PackSalvage(Vault, _clock);
        await salvage.RunAsync(await salvage.PlanAsync([pack], default), held, default);

        Assert.Equal(TestVault.Piece(4), await Vault.LoadAsync(BlobKind.Data, BlobId.Of(TestVault.Piece(4)), default));
    }

    [Fact]
    public async Task A_pack_that_can_no_longer_be_read_when_it_is_to_be_copied_stays()
    {
        await Vault.LoadIndexAsync(default);
        var pack = await PackOfAsync(BlobKind.Data, BlobId.Of(TestVault.Piece(4)));
        var file = new VaultFile(VaultFileKind.Pack, pack.ToString());
        await using var held = await VaultLock.ExcludeAsync(Vault, _clock, default);
        var salvage = new PackSalvage(Vault, _clock);
        var plan = await salvage.PlanAsync([pack], default);
        await ReplaceAsync(file, new byte[(int)(await _restic.Backend.LengthAsync(file, default))!]);

        await Assert.ThrowsAsync<HoldfastException>(() => salvage.RunAsync(plan, held, default));

        Assert.NotNull(await _restic.Backend.LengthAsync(file, default));
    }

    [Fact]
    public async Task A_sound_snapshot_needs_no_repair()
    {
        await Vault.LoadIndexAsync(default);

        Assert.Null(await new SnapshotRepair(Vault).RepairAsync(_first, rehearse: true, default));
    }

    private async Task<IndexRepairPlan> RepairIndexAsync(bool apply)
    {
        var repair = new IndexRepair(Vault);
        var plan = await repair.PlanAsync(readAllPacks: false, default);
        if (!apply) return plan;
        await using var held = await VaultLock.ExcludeAsync(Vault, _clock, default);
        await repair.RunAsync(plan, held, default);
        return plan;
    }

    private async Task<BlobId> PackOfAsync(BlobKind kind, BlobId blob)
    {
        var plan = await new IndexRepair(Vault).PlanAsync(readAllPacks: true, default);
        return plan.Packs.SelectMany(pack => pack).Single(entry => entry.Kind == kind && entry.Id == blob).Pack;
    }

    private async Task ReplaceAsync(VaultFile file, byte[] content)
    {
        await _restic.Backend.RemoveAsync(file, default);
        await _restic.Backend.SaveAsync(file, content, default);
    }
}
