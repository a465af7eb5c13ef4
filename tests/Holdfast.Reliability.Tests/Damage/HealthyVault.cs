using System.Text;
using Holdfast.Reliability.Tests.Programs;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Trees;

namespace Holdfast.Reliability.Tests.Damage;

/// <summary>A vault with two backups that share nothing, and a lock; each test damages a copy of it.</summary>
public sealed class HealthyVault : IAsyncLifetime
{
    private readonly TempFolder _scratch = new();

    /// <summary>Gets the folders that were backed up: the first is never damaged, the second is.</summary>
    internal string First => _scratch["first"];

    internal string Second => _scratch["second"];

    internal string FirstId { get; private set; } = "";

    internal string SecondId { get; private set; } = "";

    private VaultFolder Vault => new(_scratch["vault"]);

    public async Task InitializeAsync()
    {
        await Vault.InitAsync();
        var random = new Random(7);
        foreach (var folder in (string[])[First, Second])
        {
            new FileInfo(Path.Combine(folder, "sub", "file")).Directory!.Create();
            foreach (var name in (string[])["one", "two", "sub/file"])
            {
                var content = new byte[300_000];
                random.NextBytes(content);
                File.WriteAllBytes(Path.Combine(folder, name), content);
            }

            await Tools.SucceedAsync("backup", "--vault", Vault.Path, folder);
        }

        var snapshots = await Vault.SnapshotsAsync();
        (FirstId, SecondId) = (snapshots[0].Id, snapshots[1].Id);
        await WithVaultAsync(async vault => await vault.SaveUnpackedAsync(VaultFileKind.Lock, Encoding.UTF8.GetBytes($$"""{"time":"{{TimeProvider.System.GetUtcNow():o}}","exclusive":false,"hostname":"elsewhere","username":"x","pid":1}"""), default));
    }

    public Task DisposeAsync()
    {
        _scratch.Dispose();
        return Task.CompletedTask;
    }

    /// <summary>A copy of the vault with one bit flipped in a file of what the second backup wrote.</summary>
    /// <returns>The vault, and the damaged file as messages name it.</returns>
    internal async Task<(string Vault, string File)> DamageAsync(string copy, DamagedPart part)
    {
        CopyFolder(Vault.Path, copy);
        var (file, at) = await FindAsync(part);
        var path = Path.Combine(copy, file.Kind == VaultFileKind.Pack ? $"data/{file.Name[..2]}/{file.Name}" : file.ToString());
        var content = await File.ReadAllBytesAsync(path);
        content[at is { } place ? place : content.Length / 2] ^= 0x08;
        File.Delete(path);
        await File.WriteAllBytesAsync(path, content);
        return (copy, file.ToString());
    }

    /// <summary>Gives a damaged vault another key: made from the whole one.</summary>
    internal async Task AddKeyAsync(string copy, string damaged, string password)
    {
        await WithVaultAsync(async vault =>
        {
            using var added = new VaultPassword(password);
            var name = await vault.Keys.AddAsync(added, new ScryptParameters(1024, 8, 1), default);
            File.Move(Path.Combine(Vault.Path, "keys", name), Path.Combine(copy, "keys", name));
        });
        Assert.True(File.Exists(Path.Combine(copy, damaged)));
    }

    private async Task<(VaultFile File, int? At)> FindAsync(DamagedPart part)
    {
        (VaultFile, int?) found = default;
        await WithVaultAsync(async vault =>
        {
            await vault.LoadIndexAsync(default);
            var tree = (await SnapshotFiles.LoadAsync(vault, SecondId, default)).Tree;
            Assert.True(vault.Index.TryFind(BlobKind.Tree, tree, out var treeBlob));
            // Down to the first file of the folder.
            var nodes = (await Tree.LoadAsync(vault, tree, default)).Nodes;
            while (nodes[0].Subtree is { } subtree) nodes = (await Tree.LoadAsync(vault, subtree, default)).Nodes;
            Assert.True(vault.Index.TryFind(BlobKind.Data, nodes[0].Content![0], out var dataBlob));
            var index = vault.Index.Files.Single(file => file.Packs.Contains(treeBlob.Pack)).Name;
            VaultFile Pack(PackedBlob blob) => new(VaultFileKind.Pack, blob.Pack.ToString());
            found = part switch
            {
                DamagedPart.Config => (VaultFile.Config, null),
                DamagedPart.Key => (new(VaultFileKind.Key, Path.GetFileName(Vault.Files("keys")[0])), null),
                DamagedPart.Index => (new(VaultFileKind.Index, index), null),
                DamagedPart.Snapshot => (new(VaultFileKind.Snapshot, SecondId), null),
                DamagedPart.Lock => (new(VaultFileKind.Lock, Path.GetFileName(Vault.Files("locks")[0])), null),
                DamagedPart.PackHeader => (Pack(dataBlob), (int)(await vault.Backend.LengthAsync(Pack(dataBlob), default))!.Value - 20),
                DamagedPart.DataBlob => (Pack(dataBlob), (int)dataBlob.Offset + 100),
                _ => (Pack(treeBlob), (int)treeBlob.Offset + 20),
            };
        });
        return found;
    }

    private async Task WithVaultAsync(Func<VaultRepository, Task> work)
    {
        await using var backend = new DirectoryBackend(Vault.Path);
        using var password = new VaultPassword(Tools.Password);
        await using var vault = await VaultRepository.OpenAsync(backend, password, default);
        await work(vault);
    }

    private static void CopyFolder(string from, string to)
    {
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories).Prepend(from)) Directory.CreateDirectory(to + folder[from.Length..]);
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories)) File.Copy(file, to + file[from.Length..]);
    }
}
