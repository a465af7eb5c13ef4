using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Repository;

/// <summary>A flipped bit in each kind of file, and files that are gone: told by name, and nothing else harmed.</summary>
public sealed class DamageTests
{
    [Theory]
    [InlineData(VaultFileKind.Index, "vault.damaged")]
    [InlineData(VaultFileKind.Snapshot, "vault.damaged")]
    [InlineData(VaultFileKind.Config, "vault.damaged")]
    [InlineData(VaultFileKind.Key, "vault.key-damaged")]
    [InlineData(VaultFileKind.Pack, "blob.damaged")]
    public async Task A_flipped_bit_is_told_by_the_name_of_the_file(VaultFileKind kind, string code)
    {
        var backend = await FilledAsync();
        var file = (await TestVault.FilesAsync(backend, kind)).Single();
        var content = await backend.LoadAsync(file, default);
        content[content.Length / 2] ^= 4;
        await backend.RemoveAsync(file, default);
        await backend.SaveAsync(file, content, default);

        var told = await Assert.ThrowsAsync<HoldfastException>(() => ReadAllAsync(backend));

        Assert.Equal(code, told.Code);
        Assert.Contains(kind == VaultFileKind.Config ? "config" : file.Name, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_pack_that_is_gone_is_told_by_its_name()
    {
        var backend = await FilledAsync();
        var file = (await TestVault.FilesAsync(backend, VaultFileKind.Pack)).Single();
        await backend.RemoveAsync(file, default);

        var told = await Assert.ThrowsAsync<HoldfastException>(() => ReadAllAsync(backend));

        Assert.Equal("vault.file-missing", told.Code);
        Assert.Contains(file.Name, told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_that_no_index_knows_is_missing()
    {
        await using var vault = await TestVault.InitAsync(new MemoryBackend());

        var told = await Assert.ThrowsAsync<HoldfastException>(() => vault.LoadAsync(BlobKind.Tree, BlobId.Of("x"u8), default));

        Assert.Equal("blob.missing", told.Code);
        Assert.Contains(BlobId.Of("x"u8).ToString(), told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blob_that_is_in_two_packs_is_read_from_the_good_one()
    {
        var backend = await FilledAsync();
        await using (var second = await TestVault.OpenAsync(backend)) // Its index is not read: it stores everything again.
        {
            await WriteAsync(second);
        }

        await using var vault = await TestVault.OpenAsync(backend);
        await vault.LoadIndexAsync(default);
        Assert.True(vault.Index.TryFind(BlobKind.Data, BlobId.Of(TestVault.Piece(0)), out var preferred));
        var damaged = preferred.Pack; // The one that a load turns to first.
        var file = new VaultFile(VaultFileKind.Pack, damaged.ToString());
        var content = await backend.LoadAsync(file, default);
        for (var i = 100; i < content.Length; i += 500) content[i] ^= 1;
        await backend.RemoveAsync(file, default);
        await backend.SaveAsync(file, content, default);
        var received = new List<BlobId>();
        await vault.ReadPackAsync(damaged, [.. vault.Index.All.Where(blob => blob.Pack == damaged)], (blob, plain) =>
        {
            Assert.Equal(blob.Id, BlobId.Of(plain.Span));
            received.Add(blob.Id);
            return ValueTask.CompletedTask;
        }, default);

        Assert.Equal(20, received.Distinct().Count());
        for (var piece = 0; piece < 20; piece++) Assert.Equal(TestVault.Piece(piece), await vault.LoadAsync(BlobKind.Data, BlobId.Of(TestVault.Piece(piece)), default));
    }

    [Fact]
    public async Task An_index_that_points_past_the_end_of_a_pack_is_told()
    {
        var backend = await FilledAsync();
        await using var vault = await TestVault.OpenAsync(backend);
        await vault.LoadIndexAsync(default);
        var pack = vault.Index.Packs.Single();
        await vault.SaveIndexAsync([[new(BlobKind.Data, BlobId.Of("far"u8), pack, uint.MaxValue, 100, 0)]], [], default);
        await vault.LoadIndexAsync(default);

        Assert.Equal("vault.damaged", (await Assert.ThrowsAsync<HoldfastException>(() => vault.LoadAsync(BlobKind.Data, BlobId.Of("far"u8), default))).Code);
    }

    [Fact]
    public async Task An_index_that_takes_one_blob_for_another_is_found_out_and_a_true_copy_is_read_instead()
    {
        var backend = await FilledAsync();
        await using var vault = await TestVault.OpenAsync(backend);
        await vault.LoadIndexAsync(default);
        var truth = vault.Index.All.OrderBy(blob => blob.Offset).ToList();
        List<PackedBlob> lie = [truth[0] with { Id = truth[1].Id }, truth[1] with { Id = truth[0].Id }, .. truth.Skip(2)];
        Assert.Equal(truth[0].Length, truth[1].Length); // Nothing but the content gives it away.
        var honest = (await TestVault.FilesAsync(backend, VaultFileKind.Index)).Single();
        var box = await backend.LoadAsync(honest, default);
        await backend.RemoveAsync(honest, default);
        await vault.SaveIndexAsync([lie], [], default);

        await vault.LoadIndexAsync(default);
        Assert.Equal("blob.damaged", (await Assert.ThrowsAsync<HoldfastException>(() => vault.LoadAsync(BlobKind.Data, truth[0].Id, default))).Code);
        await backend.SaveAsync(honest, box, default);
        await vault.LoadIndexAsync(default);
        Assert.Equal(truth[0].Id, BlobId.Of(await vault.LoadAsync(BlobKind.Data, truth[0].Id, default)));
    }

    [Fact]
    public async Task Blobs_of_a_pack_are_read_in_its_order_with_few_requests_and_only_those_asked_for()
    {
        var inner = await FilledAsync();
        var reads = 0;
        await using var vault = await TestVault.OpenAsync(new FaultyBackend(inner, call =>
        {
            if (call.Operation == BackendOperation.Read) Interlocked.Increment(ref reads);
            return Fault.None;
        }));
        await vault.LoadIndexAsync(default);
        var wanted = vault.Index.All.Where((_, number) => number % 2 == 1).Reverse().ToList();
        var received = new List<PackedBlob>();

        await vault.ReadPackAsync(wanted[0].Pack, wanted, (blob, plain) =>
        {
            Assert.Equal(blob.Id, BlobId.Of(plain.Span));
            received.Add(blob);
            return ValueTask.CompletedTask;
        }, default);

        Assert.Equal(wanted.OrderBy(blob => blob.Offset), received);
        Assert.Equal(1, reads);
    }

    private static async Task<MemoryBackend> FilledAsync()
    {
        var backend = new MemoryBackend();
        await using var vault = await TestVault.InitAsync(backend);
        await WriteAsync(vault);
        await vault.SaveUnpackedAsync(VaultFileKind.Snapshot, "{\"time\":\"2026-01-01T00:00:00Z\"}"u8.ToArray(), default);
        return backend;
    }

    private static async Task WriteAsync(VaultRepository vault)
    {
        for (var piece = 0; piece < 20; piece++) await vault.SaveAsync(BlobKind.Data, TestVault.Piece(piece), default);
        await vault.FlushAsync(default);
    }

    private static async Task ReadAllAsync(MemoryBackend backend)
    {
        await using var vault = await TestVault.OpenAsync(backend);
        await vault.LoadIndexAsync(default);
        foreach (var snapshot in await TestVault.FilesAsync(backend, VaultFileKind.Snapshot)) await vault.LoadUnpackedAsync(snapshot, default);
        for (var piece = 0; piece < 20; piece++) await vault.LoadAsync(BlobKind.Data, BlobId.Of(TestVault.Piece(piece)), default);
    }
}
