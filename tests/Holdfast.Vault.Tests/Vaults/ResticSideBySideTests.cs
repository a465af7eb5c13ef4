using Holdfast.Vault.Backends;
using Holdfast.Vault.Checking;
using Holdfast.Vault.Keeping;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;

namespace Holdfast.Vault.Tests.Vaults;

/// <summary>restic and we on one vault.</summary>
public class ResticSideBySideTests
{
    private static readonly SnapshotFacts Facts = new() { Type = SnapshotType.Full, DeltaBytes = 17, UsedBytes = 1L << 40, Node = "node1", Volumes = ["vol,1"], SharedVolumes = ["s1", "s2"] };

    [Fact]
    public async Task Facts_survive_every_kind_of_restic_tag_and_a_hold_shows_there()
    {
        await using var restic = await Restic.StartAsync();
        var first = await TestVault.BackUpAsync(restic.Vault, Some.Noon, TestVault.Piece(1));
        await SnapshotFiles.ReplaceAsync(restic.Vault, first, first with { Facts = Facts, Excludes = ["*.tmp"], Tags = ["old", ReservedTags.Hold] }, default);

        await restic.RunAsync("tag", "--add", "added");
        await restic.RunAsync("tag", "--remove", "old");
        var added = Assert.Single(await SnapshotFiles.ListAsync(restic.Vault, null, default));
        Assert.Equal(Facts, added.Facts);
        Assert.True(added.IsHeld());
        Assert.Equal(["added", ReservedTags.Hold], added.Tags.Order());

        await restic.RunAsync("tag", "--set", "only");
        var set = Assert.Single(await SnapshotFiles.ListAsync(restic.Vault, null, default));
        Assert.Equal(Facts, set.Facts);
        Assert.Equal(["*.tmp"], set.Excludes);
        Assert.Equal(["only"], set.Tags);
        Assert.Contains("only", await restic.RunAsync("snapshots"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Restic_restores_a_snapshot_from_the_trash_and_its_prune_keeps_what_it_needs()
    {
        await using var restic = await Restic.StartAsync();
        var snapshot = await TestVault.BackUpAsync(restic.Vault, Some.Noon, TestVault.Piece(1));
        var trashed = await SnapshotFiles.ReplaceAsync(restic.Vault, snapshot, ForgetPlanner.ToTrash(snapshot, Some.Noon.AddDays(7)), default);

        await restic.RunAsync("prune");
        await restic.RunAsync("restore", trashed.Id, "--target", restic["restored"]);

        Assert.Equal(TestVault.Piece(1), await File.ReadAllBytesAsync(Path.Combine(restic["restored"], "folder", "file00")));
    }

    [Fact]
    public async Task Locks_of_either_hold_the_other()
    {
        await using var restic = await Restic.StartAsync();
        await using (var held = await VaultLock.ExcludeAsync(restic.Vault, TimeProvider.System, default))
        {
            var (status, _, errors) = await restic.TryAsync("snapshots");
            Assert.NotEqual(0, status);
            Assert.Contains("already locked exclusively", errors, StringComparison.Ordinal);
            await restic.RunAsync("unlock");
            await held.EnsureHeldAsync(default); // It saw that this process runs.
        }

        using var backup = restic.Start("backup", "--stdin");
        try
        {
            while ((await LockFiles.ListAsync(restic.Vault, default)).Count == 0) Assert.False(backup.HasExited);
            var refused = await Assert.ThrowsAsync<HoldfastException>(() => VaultLock.ExcludeAsync(restic.Vault, TimeProvider.System, default));
            Assert.Contains($"process {backup.Id} on {HostName.Current}", refused.Message, StringComparison.Ordinal);
            await using var shared = await VaultLock.ShareAsync(restic.Vault, TimeProvider.System, default);
        }
        finally
        {
            backup.Kill();
            await backup.WaitForExitAsync();
        }

        Assert.Single(await TestVault.FilesAsync(restic.Backend, VaultFileKind.Lock));
        await using var after = await VaultLock.ExcludeAsync(restic.Vault, TimeProvider.System, default); // The killed one's lock is nobody's.
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_we_prune_restic_finds_whole_and_restores(int version)
    {
        await using var restic = await Restic.StartAsync(version);
        await restic.RunAsync("backup", restic.WriteFiles("a", 1, 2, 3, 4, 5, 6));
        await restic.RunAsync("backup", restic.WriteFiles("b", 4, 7, 8));
        await restic.RunAsync("forget", "latest");

        await using (var held = await VaultLock.ExcludeAsync(restic.Vault, TimeProvider.System, default))
        {
            var pruner = new Pruner(restic.Vault, TimeProvider.System);
            var prune = await pruner.PlanAsync(new PruneOptions().WithMaxUnused("0"), [], default);
            Assert.True(prune.Plan.ChangesIndex);
            await pruner.RunAsync(prune, held, default);
        }

        Assert.DoesNotContain("unused", await restic.RunAsync("check", "--read-data", "--check-unused"), StringComparison.Ordinal);
        await restic.RunAsync("restore", "latest", "--target", restic["restored"]);
        foreach (var file in Directory.GetFiles(restic["a"])) Assert.Equal(await File.ReadAllBytesAsync(file), await File.ReadAllBytesAsync(restic["restored"] + file));
    }

    [Fact]
    public async Task A_vault_of_restic_is_found_whole()
    {
        await using var restic = await Restic.StartAsync();
        await restic.RunAsync("backup", restic.WriteFiles("a", 1, 2, 3));
        await restic.RunAsync("backup", restic.WriteFiles("a", 4));

        var report = await new Checker(restic.Vault, TimeProvider.System).CheckAsync(new() { Read = ReadSubset.All }, default);

        Assert.Empty(report.Problems);
        Assert.Equal(2, report.Snapshots);
        Assert.True(report.PacksRead >= 4);
    }
}
