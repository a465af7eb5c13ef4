using Holdfast.Vault.Backends;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Locks;

public sealed class VaultLockTests : IAsyncLifetime
{
    private const int NoProcess = int.MaxValue;
    private readonly StillClock _clock = new(Some.Noon);
    private readonly MemoryBackend _backend = new();
    private VaultRepository _vault = null!;

    public async Task InitializeAsync() => _vault = await TestVault.InitAsync(_backend);

    public async Task DisposeAsync() => await _vault.DisposeAsync();

    [Fact]
    public async Task Shared_locks_share_and_exclusive_ones_do_not()
    {
        await using (var one = await VaultLock.ShareAsync(_vault, _clock, default))
        await using (var two = await VaultLock.ShareAsync(_vault, _clock, default))
        {
            var refused = await Assert.ThrowsAsync<HoldfastException>(() => VaultLock.ExcludeAsync(_vault, _clock, default));
            Assert.Equal("lock.held", refused.Code);
            Assert.Contains($"process {Environment.ProcessId}", refused.Message, StringComparison.Ordinal);
        }

        await using (var alone = await VaultLock.ExcludeAsync(_vault, _clock, default))
        {
            Assert.Equal("lock.held", (await Assert.ThrowsAsync<HoldfastException>(() => VaultLock.ShareAsync(_vault, _clock, default))).Code);
        }

        Assert.Empty(await TestVault.FilesAsync(_backend, VaultFileKind.Lock));
    }

    [Fact]
    public async Task Of_one_who_shares_and_one_who_excludes_at_the_same_moment_at_most_one_gets_it()
    {
        // Which of them comes first is left to chance, a few hundred times.
        await Parallel.ForEachAsync(Enumerable.Range(0, 200), async (_, _) =>
        {
            await using var vault = await TestVault.InitAsync(new MemoryBackend());
            using var start = new Barrier(2);
            var locks = await Task.WhenAll(TryAsync(VaultLock.ShareAsync), TryAsync(VaultLock.ExcludeAsync));

            Assert.Contains(null, locks);
            foreach (var held in locks.OfType<VaultLock>()) await held.DisposeAsync();

            Task<VaultLock?> TryAsync(Func<VaultRepository, TimeProvider, CancellationToken, Task<VaultLock>> take) => Task.Run(async () =>
            {
                start.SignalAndWait();
                try
                {
                    return await take(vault, new StillClock(Some.Noon), default);
                }
                catch (HoldfastException refused) when (refused.Code == "lock.held")
                {
                    return null;
                }
            });
        });
    }

    [Fact]
    public async Task A_lock_of_a_dead_process_or_of_long_ago_stands_in_nobodys_way()
    {
        await LockFiles.SaveAsync(_vault, LockOwner.Record(exclusive: true, Some.Noon) with { Pid = NoProcess }, default);
        await LockFiles.SaveAsync(_vault, LockOwner.Record(exclusive: true, Some.Noon.AddMinutes(-31)) with { Hostname = "elsewhere" }, default);

        await using var held = await VaultLock.ExcludeAsync(_vault, _clock, default);

        Assert.Single(await TestVault.FilesAsync(_backend, VaultFileKind.Lock));
    }

    [Fact]
    public async Task Unlocking_removes_what_is_stale_and_all_only_when_asked_to()
    {
        await LockFiles.SaveAsync(_vault, LockOwner.Record(exclusive: false, Some.Noon) with { Pid = NoProcess }, default);
        await LockFiles.SaveAsync(_vault, LockOwner.Record(exclusive: false, Some.Noon) with { Hostname = "elsewhere" }, default);

        Assert.Equal(1, await VaultLock.UnlockAsync(_vault, all: false, _clock, default));
        Assert.Single(await TestVault.FilesAsync(_backend, VaultFileKind.Lock));
        Assert.Equal(1, await VaultLock.UnlockAsync(_vault, all: true, _clock, default));
    }

    [Fact]
    public async Task A_lock_is_refreshed_every_five_minutes()
    {
        await using var held = await VaultLock.ShareAsync(_vault, _clock, default);
        var first = Assert.Single(await TestVault.FilesAsync(_backend, VaultFileKind.Lock));

        _clock.Pass(TimeSpan.FromMinutes(5));
        await held.EnsureHeldAsync(default); // Waits for the refresh that is under way.

        await UntilAsync(async () => await TestVault.FilesAsync(_backend, VaultFileKind.Lock) is [var file] && file != first);
        var (_, record) = Assert.Single(await LockFiles.ListAsync(_vault, default));
        Assert.Equal(Some.Noon.AddMinutes(5), record.Time);
    }

    [Fact]
    public async Task A_lock_that_was_taken_away_is_lost_at_the_next_refresh()
    {
        await using var held = await VaultLock.ShareAsync(_vault, _clock, default);
        await VaultLock.UnlockAsync(_vault, all: true, _clock, default);

        _clock.Pass(TimeSpan.FromMinutes(5));

        await UntilAsync(() => Task.FromResult(held.Lost.IsCancellationRequested));
        Assert.Equal("lock.lost", (await Assert.ThrowsAsync<HoldfastException>(() => held.EnsureHeldAsync(default))).Code);
        Assert.Empty(await TestVault.FilesAsync(_backend, VaultFileKind.Lock)); // A lost lock must not come back.
    }

    [Fact]
    public async Task A_lock_that_could_not_be_refreshed_for_long_is_lost_though_it_is_there()
    {
        await using var held = await VaultLock.ShareAsync(_vault, _clock, default);

        _clock.Pass(TimeSpan.FromMinutes(21));

        Assert.Equal("lock.lost", (await Assert.ThrowsAsync<HoldfastException>(() => held.EnsureHeldAsync(default))).Code);
    }

    [Fact]
    public void In_a_pid_namespace_the_host_has_another_name()
    {
        Assert.Equal("web1", LockOwner.NameHost("web1", "pid:[4026531836]"));
        Assert.Equal("web1 pid:[4026532000]", LockOwner.NameHost("web1", "pid:[4026532000]"));
    }

    [Fact]
    public void This_process_runs_and_no_other_is_taken_for_it()
    {
        Assert.True(LockOwner.IsRunning(Environment.ProcessId));
        Assert.True(LockOwner.IsRunning(1));
        Assert.False(LockOwner.IsRunning(NoProcess));
        Assert.False(LockOwner.IsRunning(-1));
    }

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            limit.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}
