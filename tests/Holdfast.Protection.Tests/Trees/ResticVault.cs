using System.Text.Json;
using Holdfast.Protection.Backups;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Tests.Trees;

/// <summary>A vault that restic made and both work on, in a folder of its own.</summary>
public sealed class ResticVault : IAsyncLifetime
{
    private const string Password = "referee";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-trees-");
    private IVaultBackend _backend = null!;

    public string Folder => _folder.FullName;

    public VaultRepository Vault { get; private set; } = null!;

    public Chunker Chunker => new(Vault.Config.ChunkerPolynomial);

    public async Task InitializeAsync()
    {
        Restic("init");
        _backend = VaultBackends.Open(VaultUrl.Parse(Path.Combine(Folder, "vault")));
        using var password = new VaultPassword(Password);
        Vault = await VaultRepository.OpenAsync(_backend, password, CancellationToken.None);
        await Vault.LoadIndexAsync(CancellationToken.None);
    }

    public async Task DisposeAsync()
    {
        await Vault.DisposeAsync();
        await _backend.DisposeAsync();
        // .NET cannot remove names that are no UTF-8.
        Commands.Run("/bin/rm", ["-rf", "--", Folder]);
    }

    /// <summary>A fresh folder for a test.</summary>
    public string NewFolder(string name) => _folder.CreateSubdirectory($"{name}-{Guid.NewGuid():n}").FullName;

    public string Restic(params string[] arguments) => ResticIn(Folder, 0, arguments);

    public string ResticIn(string folder, int expected, params string[] arguments) => Commands.Run(
        "/usr/bin/restic", ["--no-cache", "-r", Path.Combine(Folder, "vault"), .. arguments], folder, new Dictionary<string, string> { ["RESTIC_PASSWORD"] = Password }, expected);

    /// <summary>Lets restic back up entries of a folder, and says which tree came of it.</summary>
    public BlobId ResticBackup(string folder, params string[] arguments)
    {
        var summary = ResticIn(folder, 0, ["--json", "backup", "--force", .. arguments]).Split('\n').Last(line => line.Contains("\"snapshot_id\"", StringComparison.Ordinal));
        var snapshot = JsonDocument.Parse(summary).RootElement.GetProperty("snapshot_id").GetString()!;
        using var document = JsonDocument.Parse(Restic("cat", "snapshot", snapshot));
        Assert.True(BlobId.TryParse(document.RootElement.GetProperty("tree").GetString(), out var tree));
        return tree;
    }

    /// <summary>Backs up entries of a folder as restic does when it runs there.</summary>
    public Task<BackupResult> BackupAsync(string folder, params string[] names) => BackupAsync(RequestFor(folder, names));

    public async Task<BackupResult> BackupAsync(BackupRequest request)
    {
        await Vault.LoadIndexAsync(CancellationToken.None);
        return await new TreeBackup(Vault, Vault, Chunker, TimeProvider.System).RunAsync(request, CancellationToken.None);
    }

    public static BackupRequest RequestFor(string folder, params string[] names) =>
        new() { Sources = [.. names.Select(name => new BackupSource(name) { ReadFrom = Path.Combine(folder, name) })] };

    public async Task<string> SaveSnapshotAsync(BlobId tree, string path)
    {
        var snapshot = new Snapshot { Time = TimeProvider.System.GetUtcNow(), Tree = tree, Paths = [path], Hostname = "here" };
        return await Vault.SaveUnpackedAsync(VaultFileKind.Snapshot, SnapshotJson.Write(snapshot), CancellationToken.None);
    }
}
