using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Checking;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repairing;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;
using Holdfast.Vault.Walking;

namespace Holdfast.Vault.Tests.Repairing;

/// <summary>A repair of everything (index, packs, snapshots) whose process dies after every single change.</summary>
public sealed class DyingRepairTests
{
    private const int ChangesPerReferee = 6;

    private readonly StillClock _clock = new(Some.Noon);

    [Fact]
    public async Task A_repair_that_dies_anywhere_harms_nothing_and_the_next_one_finishes()
    {
        var (original, bad, healthy) = await DamagedAsync();
        var expected = await EndAsync(await RepairedAsync(await TestVault.CopyAsync(original), bad));
        Assert.Equal(5, expected.Count); // Two healthy ones, three repaired ones.
        var changes = 0;
        for (var died = true; died; changes++)
        {
            var backend = await TestVault.CopyAsync(original);
            try
            {
                await RepairAsync(new DyingBackend(backend, changes), backend, bad);
                died = false;
            }
            catch (HoldfastException error)
            {
                Assert.Equal("vault.unreachable", error.Code);
            }

            await using (var reader = await TestVault.OpenAsync(backend)) await AssertReadsAsync(reader, healthy);
            await RepairedAsync(backend, bad);
            Assert.Equal(expected, await EndAsync(backend));
            if (changes % ChangesPerReferee == 0) await RefereeAsync(backend);
        }

        Assert.True(changes > 10, $"The repair made only {changes} changes.");
    }

    /// <summary>Five backups: two healthy ones, one whose pack has a flipped bit, one whose data are gone, one whose directories are; and an index file that cannot be read.</summary>
    private static async Task<(MemoryBackend Backend, BlobId[] Bad, Snapshot Healthy)> DamagedAsync()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        var healthy = await TestVault.BackUpAsync(vault, Some.Noon, TestVault.Piece(0), TestVault.Piece(10));
        var listed = (await TestVault.FilesAsync(backend, VaultFileKind.Index)).ToHashSet();
        await TestVault.BackUpAsync(vault, Some.Noon.AddDays(1), TestVault.Piece(0), TestVault.Piece(1)); // Healthy too, once the index is made anew.
        var unlisted = (await TestVault.FilesAsync(backend, VaultFileKind.Index)).First(file => !listed.Contains(file));
        await TestVault.BackUpAsync(vault, Some.Noon.AddDays(2), TestVault.Piece(2), TestVault.Piece(3), TestVault.Piece(4));
        await TestVault.BackUpAsync(vault, Some.Noon.AddDays(3), TestVault.Piece(5), TestVault.Piece(10));
        var treeless = await TestVault.BackUpAsync(vault, Some.Noon.AddDays(4), TestVault.Piece(6));

        Assert.True(vault.Index.TryFind(BlobKind.Data, BlobId.Of(TestVault.Piece(3)), out var flipped));
        Assert.True(vault.Index.TryFind(BlobKind.Data, BlobId.Of(TestVault.Piece(5)), out var lost));
        Assert.True(vault.Index.TryFind(BlobKind.Tree, treeless.Tree, out var directories));
        var pack = new VaultFile(VaultFileKind.Pack, flipped.Pack.ToString());
        var content = await backend.LoadAsync(pack, default);
        content[flipped.Offset + 50] ^= 1;
        await ReplaceAsync(backend, pack, content);
        foreach (var gone in (BlobId[])[lost.Pack, directories.Pack]) await backend.RemoveAsync(new(VaultFileKind.Pack, gone.ToString()), default);
        await ReplaceAsync(backend, unlisted, [1, 2, 3]);
        return (backend, [flipped.Pack], healthy);
    }

    private async Task<IVaultBackend> RepairedAsync(IVaultBackend backend, BlobId[] bad)
    {
        await RepairAsync(backend, backend, bad);
        return backend;
    }

    // The lock is another one's, as if the process that died had held it: what a dead one leaves is told of in the tests of locks.
    private async Task RepairAsync(IVaultBackend backend, IVaultBackend living, IReadOnlyCollection<BlobId> bad)
    {
        await using var holder = await TestVault.OpenAsync(living);
        await using var held = await VaultLock.ExcludeAsync(holder, _clock, default);
        await using var vault = await TestVault.OpenAsync(backend);
        var index = new IndexRepair(vault);
        var plan = await index.PlanAsync(readAllPacks: false, default);
        if (!plan.IsClean) await index.RunAsync(plan, held, default);
        else await vault.LoadIndexAsync(default);

        var salvage = new PackSalvage(vault, _clock);
        await salvage.RunAsync(await salvage.PlanAsync(bad, default), held, default);

        var repair = new SnapshotRepair(vault);
        var snapshots = await SnapshotFiles.ListAsync(vault, null, default);
        foreach (var snapshot in snapshots)
        {
            if (await repair.RepairAsync(snapshot, rehearse: false, default) is { } after) await repair.SaveAsync(snapshot, after, snapshots, forget: true, held, default);
        }
    }

    /// <summary>What a vault is in the end: sound, and with these trees.</summary>
    private async Task<List<(BlobId Tree, string First, string Tags)>> EndAsync(IVaultBackend backend)
    {
        await using var vault = await TestVault.OpenAsync(backend);
        var report = await new Checker(vault, _clock).CheckAsync(new() { Read = ReadSubset.All }, default);
        Assert.True(report.IsSound, string.Join('\n', report.Problems));
        return [.. (await SnapshotFiles.ListAsync(vault, null, default)).Select(snapshot => (snapshot.Tree, snapshot.Time.ToString("O"), string.Join(',', snapshot.Tags)))];
    }

    private static async Task AssertReadsAsync(VaultRepository vault, Snapshot snapshot)
    {
        await vault.LoadIndexAsync((_, _) => { }, default);
        foreach (var blob in await TreeWalker.FindUsedAsync(vault, [snapshot.Tree], default)) Assert.Equal(blob.Id, BlobId.Of(await vault.LoadAsync(blob.Kind, blob.Id, default)));
    }

    private static async Task RefereeAsync(IVaultBackend repaired)
    {
        await using var restic = await Restic.StartAsync(repaired);
        await restic.RunAsync("check", "--read-data");
    }

    private static async Task ReplaceAsync(IVaultBackend backend, VaultFile file, byte[] content)
    {
        await backend.RemoveAsync(file, default);
        await backend.SaveAsync(file, content, default);
    }
}
