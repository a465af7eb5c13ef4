using Holdfast.Vault.Backends;
using Holdfast.Vault.Checking;
using Holdfast.Vault.Copying;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Copying;

public class CopierTests
{
    private readonly StillClock _clock = new(Some.Noon);

    [Fact]
    public async Task A_copy_has_the_same_content_and_is_made_once()
    {
        var (from, to) = (new MemoryBackend(), new MemoryBackend());
        await using var source = await TestVault.InitAsync(from);
        await using var target = await TestVault.InitAsync(to, polynomial: source.Config.ChunkerPolynomial);
        await TestVault.BackUpAsync(source, Some.Noon, TestVault.Piece(1), TestVault.Piece(2));
        await TestVault.BackUpAsync(source, Some.Noon.AddDays(1), TestVault.Piece(2), TestVault.Piece(3));

        var first = await CopyAsync(source, target);
        var second = await CopyAsync(source, target);

        Assert.Equal([false, false], first.Select(outcome => outcome.WasThere));
        Assert.Equal([true, true], second.Select(outcome => outcome.WasThere));
        Assert.Equal(3, first[1].Blobs); // One piece and two trees: the other piece was there.
        Assert.Equal(await TestVault.ReadAllAsync(source), await TestVault.ReadAllAsync(target));
        Assert.Empty((await new Checker(target, _clock).CheckAsync(new() { Read = ReadSubset.All }, default)).Problems);
        Assert.True(new Copier(source, target).ShareCuts);
    }

    [Fact]
    public async Task A_copy_that_dies_anywhere_leaves_only_whole_snapshots_and_goes_on_the_next_time()
    {
        var from = new MemoryBackend();
        await using var source = await TestVault.InitAsync(from);
        for (var day = 0; day < 3; day++) await TestVault.BackUpAsync(source, Some.Noon.AddDays(day), TestVault.Piece(day), TestVault.Piece(day + 1));
        var expected = await TestVault.ReadAllAsync(source);
        var died = true;
        for (var changes = 1; died; changes++)
        {
            var to = new MemoryBackend();
            await using (await TestVault.InitAsync(to))
            {
            }

            await using (var target = await TestVault.OpenAsync(new DyingBackend(to, changes)))
            {
                died = await Record.ExceptionAsync(() => CopyAsync(source, target)) is HoldfastException { Code: "vault.unreachable" };
            }

            await using var after = await TestVault.OpenAsync(to);
            await VaultLock.UnlockAsync(after, all: true, _clock, default);
            Assert.True((await new Checker(after, _clock).CheckAsync(new() { Read = ReadSubset.All }, default)).IsSound);
            await CopyAsync(source, after);
            Assert.Equal(expected, await TestVault.ReadAllAsync(after));
        }
    }

    [Fact]
    public async Task Restic_takes_our_copy_for_its_own_and_we_take_its_copy_for_ours()
    {
        await using var here = await Restic.StartAsync();
        await using var there = await Restic.StartAsync();
        await here.RunAsync("backup", here.WriteFiles("a", 1, 2, 3));
        await CopyAsync(here.Vault, there.Vault);

        Assert.Contains("skipping source snapshot", await CopyByResticAsync(here, there), StringComparison.Ordinal);
        await there.RunAsync("check", "--read-data");

        await here.RunAsync("backup", here.WriteFiles("a", 4));
        await CopyByResticAsync(here, there);
        Assert.All(await CopyAsync(here.Vault, there.Vault), outcome => Assert.True(outcome.WasThere));
    }

    private static Task<string> CopyByResticAsync(Restic from, Restic to)
    {
        File.WriteAllText(from["password"], "secret");
        return from.RunAsync("copy", "--repo2", to["vault"], "--password-file2", from["password"]);
    }

    private async Task<List<CopyOutcome>> CopyAsync(VaultRepository source, VaultRepository target)
    {
        await source.LoadIndexAsync(default);
        await target.LoadIndexAsync(default);
        await using var held = await VaultLock.ShareAsync(target, _clock, default);
        return await new Copier(source, target).CopyAsync(await SnapshotFiles.ListAsync(source, null, default), held, default).ToListAsync();
    }
}
