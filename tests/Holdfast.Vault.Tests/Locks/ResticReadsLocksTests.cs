using System.Text;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Tests.Vaults;

namespace Holdfast.Vault.Tests.Locks;

public sealed class ResticReadsLocksTests
{
    [Fact]
    public async Task Restic_reads_our_lock_and_respects_it()
    {
        await using var restic = await Restic.StartAsync();
        await using var held = await VaultLock.ExcludeAsync(restic.Vault, TimeProvider.System, default);
        var file = (await TestVault.FilesAsync(restic.Backend, VaultFileKind.Lock)).Single();

        var json = Encoding.UTF8.GetString(await restic.Vault.LoadUnpackedAsync(file, default));
        var read = await restic.RunAsync("cat", "lock", file.Name, "--no-lock");
        var (status, _, errors) = await restic.TryAsync("prune");

        Assert.DoesNotContain("\\u002B", json, StringComparison.Ordinal);
        Assert.Contains("\"exclusive\": true", read, StringComparison.Ordinal);
        Assert.NotEqual(0, status);
        Assert.Contains("already locked", errors, StringComparison.Ordinal);
    }
}
