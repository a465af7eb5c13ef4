using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Repository;

public sealed class WritingTests
{
    [Fact]
    public async Task Many_threads_that_save_the_same_blobs_store_each_once()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        var stored = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, 8), async (_, token) =>
        {
            for (var piece = 0; piece < 200; piece++)
            {
                if ((await vault.SaveAsync(BlobKind.Data, TestVault.Piece(piece), token)).IsNew) Interlocked.Increment(ref stored);
            }
        });
        await vault.FlushAsync(default);

        Assert.Equal(200, stored);
        Assert.Equal(200, vault.Index.Count);
    }

    [Fact]
    public async Task Data_and_trees_go_into_packs_of_their_own_of_about_16_MiB()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        for (var piece = 0; piece < 30; piece++)
        {
            await vault.SaveAsync(BlobKind.Data, TestVault.Piece(piece, 1_500_000), default);
            await vault.SaveAsync(BlobKind.Tree, TestVault.Piece(1000 + piece, 1000), default);
        }

        await vault.FlushAsync(default);

        var packs = vault.Index.All.GroupBy(blob => blob.Pack).ToList();
        Assert.All(packs, pack => Assert.Single(pack.Select(blob => blob.Kind).Distinct()));
        var lengths = new List<long>();
        await foreach (var entry in backend.ListAsync(VaultFileKind.Pack, default)) lengths.Add(entry.Length);
        // Twelve of 1.5 MB pass 16 MiB.
        Assert.Equal([30_000, 9_000_000, 18_000_000, 18_000_000], lengths.Order().Select(Rounded));

        static long Rounded(long length) => length < 100_000 ? length / 10_000 * 10_000 : length / 1_500_000 * 1_500_000;
    }

    [Fact]
    public async Task A_blob_larger_than_a_pack_is_a_pack_and_is_read_again()
    {
        await using var vault = await TestVault.InitAsync(new MemoryBackend());
        var large = TestVault.Piece(1, 40 << 20);
        await vault.SaveAsync(BlobKind.Tree, TestVault.Piece(2), default);

        await vault.SaveAsync(BlobKind.Tree, large, default);
        await vault.FlushAsync(default);

        Assert.Equal(2, vault.Index.Packs.Count);
        Assert.Equal(BlobId.Of(large), BlobId.Of(await vault.LoadAsync(BlobKind.Tree, BlobId.Of(large), default)));
    }

    [Fact]
    public async Task An_empty_blob_and_one_of_a_byte_are_kept()
    {
        await using var vault = await TestVault.InitAsync(new MemoryBackend());

        foreach (var content in (byte[][])[[], [7]])
        {
            await vault.SaveAsync(BlobKind.Data, content, default);
            await vault.FlushAsync(default);
            Assert.Equal(content, await vault.LoadAsync(BlobKind.Data, BlobId.Of(content), default));
        }
    }

    [Theory]
    [InlineData(Fault.Unreachable, "vault.unreachable")]
    [InlineData(Fault.Full, "vault.full")]
    public async Task A_pack_that_cannot_be_written_fails_the_flush_and_every_save_after_it(Fault fault, string code)
    {
        var inner = new MemoryBackend();
        await (await TestVault.InitAsync(inner)).DisposeAsync();
        await using var vault = await TestVault.OpenAsync(new FaultyBackend(inner, call => call is { Operation: BackendOperation.Save, File.Kind: VaultFileKind.Pack } ? fault : Fault.None));
        await vault.SaveAsync(BlobKind.Data, TestVault.Piece(1), default);

        Assert.Equal(code, (await Assert.ThrowsAsync<HoldfastException>(() => vault.FlushAsync(default))).Code);

        Assert.Equal(code, (await Assert.ThrowsAsync<HoldfastException>(async () => await vault.SaveAsync(BlobKind.Data, TestVault.Piece(2), default))).Code);
        Assert.Equal(code, (await Assert.ThrowsAsync<HoldfastException>(() => vault.FlushAsync(default))).Code);
        Assert.Empty(await TestVault.FilesAsync(inner, VaultFileKind.Index));
    }

    [Fact]
    public async Task An_index_that_could_not_be_written_is_written_by_the_next_flush()
    {
        var inner = new MemoryBackend();
        await (await TestVault.InitAsync(inner)).DisposeAsync();
        var failures = 1;
        await using var vault = await TestVault.OpenAsync(new FaultyBackend(inner, call => call is { Operation: BackendOperation.Save, File.Kind: VaultFileKind.Index } && failures-- > 0 ? Fault.Unreachable : Fault.None));
        await vault.SaveAsync(BlobKind.Data, TestVault.Piece(1), default);
        await Assert.ThrowsAsync<HoldfastException>(() => vault.FlushAsync(default));

        await vault.FlushAsync(default);

        await using var opened = await TestVault.OpenAsync(inner);
        await opened.LoadIndexAsync(default);
        Assert.True(opened.Index.TryFind(BlobKind.Data, BlobId.Of(TestVault.Piece(1)), out _));
    }

    [Fact]
    public async Task Who_fills_packs_faster_than_they_are_written_waits()
    {
        var gate = new TaskCompletionSource();
        var inner = new MemoryBackend();
        await (await TestVault.InitAsync(inner)).DisposeAsync();
        await using var vault = await TestVault.OpenAsync(new GatedBackend(inner, gate.Task));
        var (saved, saving) = (0, Task.CompletedTask);

        // With nothing written, two packs on their way and two open are all there is: 80 MiB.
        for (; saved < 200; saved++)
        {
            saving = vault.SaveAsync(BlobKind.Data, TestVault.Piece(saved, 1 << 20), default).AsTask();
            if (!saving.IsCompleted) break;
        }

        Assert.InRange(saved, 32, 80);
        gate.SetResult();
        await saving;
        await vault.FlushAsync(default);
        Assert.Equal(saved + 1, vault.Index.Count);
    }

    [Fact]
    public async Task A_save_that_is_cancelled_while_another_counts_on_its_blob_fails_the_flush()
    {
        var gate = new TaskCompletionSource();
        var inner = new MemoryBackend();
        await (await TestVault.InitAsync(inner)).DisposeAsync();
        await using var vault = await TestVault.OpenAsync(new GatedBackend(inner, gate.Task));
        using var cancelled = new CancellationTokenSource();
        var (piece, waiting) = (0, Task.CompletedTask);
        while (waiting.IsCompleted) waiting = vault.SaveAsync(BlobKind.Data, TestVault.Piece(piece++, 1 << 20), cancelled.Token).AsTask();
        Assert.False((await vault.SaveAsync(BlobKind.Data, TestVault.Piece(piece - 1, 1 << 20), default)).IsNew);

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        gate.SetResult();

        Assert.Equal("vault.write-abandoned", (await Assert.ThrowsAsync<HoldfastException>(() => vault.FlushAsync(default))).Code);
    }
}
