using Holdfast.Vault.Backends;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Reliability.Tests.Programs;

/// <summary>A vault in a folder, looked at past every program.</summary>
internal sealed class VaultFolder(string path)
{
    public string Path => path;

    /// <summary>Makes a vault whose key is quick to open, also for restic.</summary>
    public async Task InitAsync(ulong? polynomial = null)
    {
        await using var backend = new DirectoryBackend(path);
        using var password = new VaultPassword(Tools.Password);
        await using var vault = await VaultRepository.InitAsync(backend, password, new() { KeyDerivation = new ScryptParameters(1024, 8, 1), ChunkerPolynomial = polynomial }, default);
    }

    public async Task<ulong> PolynomialAsync()
    {
        await using var backend = new DirectoryBackend(path);
        await using var vault = await OpenAsync(backend);
        return vault.Config.ChunkerPolynomial;
    }

    public async Task<IReadOnlyList<Snapshot>> SnapshotsAsync()
    {
        await using var backend = new DirectoryBackend(path);
        await using var vault = await OpenAsync(backend);
        return await SnapshotFiles.ListAsync(vault, unreadable: null, default);
    }

    /// <summary>The files of a kind by their full path, partial ones left out.</summary>
    public string[] Files(string kind) => [.. Directory.GetFiles(System.IO.Path.Combine(path, kind), "*", SearchOption.AllDirectories).Where(file => System.IO.Path.GetFileName(file).Length == 64).Order(StringComparer.Ordinal)];

    /// <summary>What writers that were killed have left.</summary>
    public string[] Leftovers() => Directory.GetFiles(path, "*-tmp-*", SearchOption.AllDirectories);

    private static async Task<VaultRepository> OpenAsync(DirectoryBackend backend)
    {
        using var password = new VaultPassword(Tools.Password);
        return await VaultRepository.OpenAsync(backend, password, default);
    }
}
