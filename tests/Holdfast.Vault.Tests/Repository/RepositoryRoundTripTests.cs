using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Tests.Repository;

public sealed class RepositoryRoundTripTests
{
    private static readonly ScryptParameters Quick = new(1024, 8, 1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task What_was_saved_is_loaded_by_whoever_opens_the_vault_anew(int version)
    {
        var backend = new MemoryBackend();
        using var password = new VaultPassword("secret");
        var contents = Contents(new Random(version), 200);
        await using (var vault = await VaultRepository.InitAsync(backend, password, new() { Version = version, KeyDerivation = Quick }, default))
        {
            foreach (var content in contents) Assert.True((await vault.SaveAsync(BlobKind.Data, content, default)).IsNew);
            await vault.FlushAsync(default);
        }

        await using var opened = await VaultRepository.OpenAsync(backend, password, default);
        await opened.LoadIndexAsync(default);

        Assert.Equal(version, opened.Config.Version);
        foreach (var content in contents)
        {
            Assert.Equal(content, await opened.LoadAsync(BlobKind.Data, BlobId.Of(content), default));
            Assert.False((await opened.SaveAsync(BlobKind.Data, content, default)).IsNew);
        }
    }

    private static List<byte[]> Contents(Random random, int count)
    {
        var contents = new List<byte[]>();
        for (var i = 0; i < count; i++)
        {
            var content = new byte[random.Next(300_000) + 1];
            if (i % 2 == 0) random.NextBytes(content);
            else content.AsSpan().Fill((byte)i);
            contents.Add(content);
        }

        return contents;
    }
}
