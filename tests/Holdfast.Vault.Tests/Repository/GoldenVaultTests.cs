using System.Text;
using System.Text.Json;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Tests.Repository;

/// <summary>Vaults that restic wrote; see Golden/README.md.</summary>
public sealed class GoldenVaultTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Every_blob_and_file_of_a_vault_that_restic_wrote_is_read(int version)
    {
        await using var backend = new DirectoryBackend(PathOf(version));
        await using var vault = await OpenAsync(backend, "golden");
        await vault.LoadIndexAsync(default);

        Assert.Equal(version, vault.Config.Version);
        Assert.Equal(9, vault.Index.Count);
        Assert.Equal(4, vault.Index.Packs.Count);
        foreach (var blob in vault.Index.All)
        {
            Assert.Equal(blob.Id, BlobId.Of(await vault.LoadAsync(blob.Kind, blob.Id, default)));
            Assert.True(vault.TryGetLength(blob.Kind, blob.Id, out var length));
            Assert.Equal(length, (await vault.LoadAsync(blob.Kind, blob.Id, default)).Length);
        }

        var numbers = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(1, 3000).Select(i => $"{i}\n")));
        Assert.Equal(numbers, await vault.LoadAsync(BlobKind.Data, BlobId.Of(numbers), default));
        Assert.Equal(version == 2, vault.Index.All.Any(blob => blob.IsCompressed));

        var snapshots = 0;
        await foreach (var entry in backend.ListAsync(VaultFileKind.Snapshot, default))
        {
            using var snapshot = JsonDocument.Parse(await vault.LoadUnpackedAsync(entry.File, default));
            Assert.Equal("golden", snapshot.RootElement.GetProperty("hostname").GetString());
            snapshots++;
        }

        Assert.Equal(2, snapshots);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task The_headers_of_its_packs_say_what_its_index_says(int version)
    {
        await using var backend = new DirectoryBackend(PathOf(version));
        await using var vault = await OpenAsync(backend, "golden");
        await vault.LoadIndexAsync(default);
        var headers = new List<PackedBlob>();
        await foreach (var entry in backend.ListAsync(VaultFileKind.Pack, default))
        {
            Assert.True(BlobId.TryParse(entry.File.Name, out var pack));
            headers.AddRange(await vault.ReadPackHeaderAsync(pack, entry.Length, default));
        }

        Assert.Equal(vault.Index.All.OrderBy(blob => blob.Id), headers.OrderBy(blob => blob.Id));
    }

    [Fact]
    public async Task Each_of_its_keys_opens_it_and_no_other_does()
    {
        await using var backend = new DirectoryBackend(PathOf(2));
        await using (var vault = await OpenAsync(backend, "second"))
        {
            Assert.Equal(2, (await vault.Keys.ListAsync(default)).Count);
            Assert.Single(await vault.Keys.ListAsync(default), key => key.IsCurrent);
        }

        var refused = await Assert.ThrowsAsync<HoldfastException>(() => OpenAsync(backend, "third"));
        Assert.Equal("vault.wrong-password", refused.Code);
    }

    private static string PathOf(int version) => Path.Combine(AppContext.BaseDirectory, "Golden", $"v{version}");

    private static async Task<VaultRepository> OpenAsync(DirectoryBackend backend, string text)
    {
        using var password = new VaultPassword(text);
        return await VaultRepository.OpenAsync(backend, password, default);
    }
}
