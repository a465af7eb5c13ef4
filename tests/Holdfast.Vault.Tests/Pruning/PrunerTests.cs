using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Checking;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Pruning;

public class PrunerTests
{
    private static readonly PruneOptions Everything = new PruneOptions().WithMaxUnused("0");
    private readonly StillClock _clock = new(Some.Noon);

    [Fact]
    public async Task What_no_snapshot_needs_goes_and_everything_else_stays()
    {
        var backend = await HalfForgottenAsync();
        await using var vault = await TestVault.OpenAsync(backend);
        var before = await TestVault.ReadAllAsync(vault);

        await PruneAsync(vault);

        Assert.Equal(before, await TestVault.ReadAllAsync(vault));
        var report = await new Checker(vault, _clock).CheckAsync(new() { Read = ReadSubset.All }, default);
        Assert.Empty(report.Problems);
        Assert.Equal(0, report.UnusedBlobs);
    }

    [Fact]
    public async Task A_prune_that_dies_anywhere_loses_nothing_and_the_next_one_finishes()
    {
        var original = await HalfForgottenAsync();
        await using var reader = await TestVault.OpenAsync(original);
        var expected = await TestVault.ReadAllAsync(reader);
        var changes = 0;
        for (var died = true; died; changes++)
        {
            var backend = await TestVault.CopyAsync(original);
            await using (var lockHolder = await TestVault.OpenAsync(backend))
            await using (var held = await VaultLock.ExcludeAsync(lockHolder, _clock, default))
            {
                var dying = new DyingBackend(backend, changes);
                await using var vault = await TestVault.OpenAsync(dying);
                var pruner = new Pruner(vault, _clock);
                try
                {
                    await pruner.RunAsync(await pruner.PlanAsync(Everything, [], default), held, default);
                    died = false;
                }
                catch (HoldfastException error)
                {
                    Assert.Equal("vault.unreachable", error.Code);
                }
            }

            await using var after = await TestVault.OpenAsync(backend);
            Assert.Equal(expected, await TestVault.ReadAllAsync(after));
            Assert.True((await new Checker(after, _clock).CheckAsync(new() { Read = ReadSubset.All }, default)).IsSound);

            await PruneAsync(after);
            Assert.Equal(expected, await TestVault.ReadAllAsync(after));
            var report = await new Checker(after, _clock).CheckAsync(new() { Read = ReadSubset.All }, default);
            Assert.Empty(report.Problems);
            Assert.Equal(0, report.UnusedBlobs);
        }

        Assert.True(changes > 8, $"The prune made only {changes} changes.");
    }

    [Fact]
    public async Task A_preview_changes_nothing_and_counts_what_a_forget_would_free()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        await TestVault.BackUpAsync(vault, Some.Noon, TestVault.Piece(1));
        var second = await TestVault.BackUpAsync(vault, Some.Noon.AddDays(1), TestVault.Piece(2));
        var files = await TestVault.FilesAsync(backend, VaultFileKind.Pack);

        var prune = await new Pruner(vault, _clock).PlanAsync(Everything, [second], default);

        Assert.Equal(3, prune.Plan.Statistics.Unused.Blobs); // Its piece and its two trees.
        Assert.Equal(files.ToHashSet(), (await TestVault.FilesAsync(backend, VaultFileKind.Pack)).ToHashSet());
    }

    [Fact]
    public async Task A_snapshot_in_the_trash_keeps_what_it_needs()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        var snapshot = await TestVault.BackUpAsync(vault, Some.Noon, TestVault.Piece(1));
        await SnapshotFiles.ReplaceAsync(vault, snapshot, Keeping.ToTrash(snapshot), default);

        await PruneAsync(vault);

        Assert.Equal([TestVault.Piece(1)], await TestVault.ReadAllAsync(vault));
    }

    [Fact]
    public async Task What_a_backup_recorded_after_its_lock_was_taken_away_is_not_removed()
    {
        var backend = await HalfForgottenAsync();
        await using var vault = await TestVault.OpenAsync(backend);
        await using var held = await VaultLock.ExcludeAsync(vault, _clock, default);
        var pruner = new Pruner(vault, _clock);
        var prune = await pruner.PlanAsync(Everything, [], default);
        var packs = await TestVault.FilesAsync(backend, VaultFileKind.Pack);

        await using (var other = await TestVault.OpenAsync(backend))
        {
            await other.LoadIndexAsync(default);
            await TestVault.BackUpAsync(other, Some.Noon.AddDays(9), TestVault.Piece(1)); // A piece that was to go.
        }

        var error = await Assert.ThrowsAsync<HoldfastException>(() => pruner.RunAsync(prune, held, default));
        Assert.Equal("prune.vault-changed", error.Code);
        Assert.Subset((await TestVault.FilesAsync(backend, VaultFileKind.Pack)).ToHashSet(), packs.ToHashSet());
    }

    [Fact]
    public async Task A_prune_whose_lock_was_taken_away_stops_before_it_removes_anything()
    {
        var backend = await HalfForgottenAsync();
        await using var vault = await TestVault.OpenAsync(backend);
        await using var held = await VaultLock.ExcludeAsync(vault, _clock, default);
        var pruner = new Pruner(vault, _clock);
        var prune = await pruner.PlanAsync(Everything, [], default);
        var packs = await TestVault.FilesAsync(backend, VaultFileKind.Pack);
        await VaultLock.UnlockAsync(vault, all: true, _clock, default);

        Assert.Equal("lock.lost", (await Assert.ThrowsAsync<HoldfastException>(() => pruner.RunAsync(prune, held, default))).Code);

        Assert.Subset((await TestVault.FilesAsync(backend, VaultFileKind.Pack)).ToHashSet(), packs.ToHashSet());
        Assert.True(held.Lost.IsCancellationRequested);
    }

    [Fact]
    public async Task A_snapshot_that_cannot_be_read_stops_a_prune()
    {
        var backend = await HalfForgottenAsync();
        await backend.SaveAsync(new(VaultFileKind.Snapshot, new string('a', 64)), new byte[100], default);
        await using var vault = await TestVault.OpenAsync(backend);

        Assert.Equal("vault.damaged", (await Assert.ThrowsAsync<HoldfastException>(() => new Pruner(vault, _clock).PlanAsync(Everything, [], default))).Code);
    }

    [Fact]
    public async Task What_killed_writers_left_goes_but_not_what_somebody_without_a_lock_may_be_writing()
    {
        await using var restic = await Restic.StartAsync();
        await TestVault.BackUpAsync(restic.Vault, Some.Noon, TestVault.Piece(1));
        var name = new string('a', 64);
        string[] left = [restic[$"vault/data/aa/{name}-tmp-1"], restic[$"vault/index/{name}-tmp-1"], restic[$"vault/snapshots/{name}-tmp-1"]], fresh = [restic[$"vault/locks/{name}-tmp-1"], restic[$"vault/keys/{name}-tmp-1"]];
        foreach (var file in left.Concat(fresh))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllBytesAsync(file, [1]);
        }

        await using var held = await VaultLock.ExcludeAsync(restic.Vault, TimeProvider.System, default);
        var pruner = new Pruner(restic.Vault, TimeProvider.System);
        await pruner.RunAsync(await pruner.PlanAsync(Everything, [], default), held, default);

        Assert.DoesNotContain(left, File.Exists);
        Assert.All(fresh, file => Assert.True(File.Exists(file)));
    }

    /// <summary>Three backups with common pieces, of which the middle one is forgotten; a pack that nobody lists; a blob that is there twice.</summary>
    private static async Task<MemoryBackend> HalfForgottenAsync()
    {
        var backend = new MemoryBackend();
        Snapshot middle;
        await using (var vault = await TestVault.InitAsync(backend))
        {
            await TestVault.BackUpAsync(vault, Some.Noon, TestVault.Piece(0), TestVault.Piece(10));
            middle = await TestVault.BackUpAsync(vault, Some.Noon.AddDays(1), TestVault.Piece(1), TestVault.Piece(2), TestVault.Piece(3));
            await TestVault.BackUpAsync(vault, Some.Noon.AddDays(2), TestVault.Piece(3), TestVault.Piece(4));
            await SnapshotFiles.RemoveAsync(vault, middle, default);
        }

        await using (var twin = await TestVault.OpenAsync(backend)) // Without the index: it writes again what is there.
        {
            await twin.SaveAsync(BlobKind.Data, TestVault.Piece(0), default);
            await twin.SaveAsync(BlobKind.Data, TestVault.Piece(99), default);
            await twin.FlushAsync(default);
            await twin.SaveAsync(BlobKind.Data, TestVault.Piece(98), default);
        }

        var stray = TestVault.Piece(50);
        await backend.SaveAsync(new(VaultFileKind.Pack, BlobId.Of(stray).ToString()), stray, default);
        return backend;
    }

    private async Task PruneAsync(VaultRepository vault)
    {
        await using var held = await VaultLock.ExcludeAsync(vault, _clock, default);
        var pruner = new Pruner(vault, _clock);
        await pruner.RunAsync(await pruner.PlanAsync(Everything, [], default), held, default);
    }

    private static class Keeping
    {
        public static Snapshot ToTrash(Snapshot snapshot) => Holdfast.Vault.Keeping.ForgetPlanner.ToTrash(snapshot, Some.Noon.AddDays(7));
    }
}
