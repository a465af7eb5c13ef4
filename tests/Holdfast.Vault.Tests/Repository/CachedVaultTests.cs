using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Tests.Backends;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Repository;

public sealed class CachedVaultTests
{
    [Fact]
    public async Task Trees_are_kept_when_they_are_written_and_data_never()
    {
        using var scratch = new Scratch();
        await using var cache = new CachingBackend(new MemoryBackend(), scratch["cache"], 1 << 30, TimeProvider.System);
        await using var vault = await TestVault.InitAsync(cache);
        cache.IsTreePack = file => BlobId.TryParse(file.Name, out var pack) && vault.Index.HoldsTrees(pack);
        cache.UseVault(vault.Config.Id);

        await TestVault.BackUpAsync(vault, Some.Noon, TestVault.Piece(1));

        var trees = vault.Index.All.Where(blob => blob.Kind == BlobKind.Tree).Select(blob => blob.Pack.ToString()).Distinct();
        var kept = Directory.EnumerateFiles(Path.Combine(scratch["cache"], vault.Config.Id, "data"), "*", SearchOption.AllDirectories).Select(path => Path.GetFileName(path)!);
        Assert.Equal(trees, kept);
    }
}
