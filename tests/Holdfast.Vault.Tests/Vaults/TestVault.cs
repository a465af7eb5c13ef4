using System.Text;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Tests.Snapshots;

namespace Holdfast.Vault.Tests.Vaults;

/// <summary>A small vault with backups of a few files.</summary>
internal static class TestVault
{
    private static readonly ScryptParameters Quick = new(1024, 8, 1);

    public static async Task<VaultRepository> InitAsync(IVaultBackend backend, int version = 2, ulong? polynomial = null)
    {
        using var password = new VaultPassword("secret");
        return await VaultRepository.InitAsync(backend, password, new() { Version = version, KeyDerivation = Quick, ChunkerPolynomial = polynomial }, default);
    }

    public static async Task<VaultRepository> OpenAsync(IVaultBackend backend)
    {
        using var password = new VaultPassword("secret");
        return await VaultRepository.OpenAsync(backend, password, default);
    }

    /// <summary>Another one with the same content.</summary>
    public static async Task<MemoryBackend> CopyAsync(IVaultBackend backend)
    {
        var copy = new MemoryBackend();
        await CopyAsync(backend, copy);
        return copy;
    }

    public static async Task CopyAsync(IVaultBackend from, IVaultBackend to)
    {
        foreach (var kind in Enum.GetValues<VaultFileKind>())
        {
            await foreach (var entry in from.ListAsync(kind, default)) await to.SaveAsync(entry.File, await from.LoadAsync(entry.File, default), default);
        }
    }

    /// <summary>Writes a snapshot of a folder with a sub-folder, whose files have these contents: each piece is a blob.</summary>
    public static async Task<Snapshot> BackUpAsync(VaultRepository vault, DateTimeOffset time, params byte[][] pieces)
    {
        var inner = new StringBuilder();
        for (var i = 0; i < pieces.Length; i++)
        {
            var saved = await vault.SaveAsync(BlobKind.Data, pieces[i], default);
            inner.Append(i == 0 ? "" : ",").Append(Node($"file{i:00}", "file", $"\"size\":{pieces[i].Length},\"content\":[\"{saved.Id}\"]"));
        }

        var folder = await vault.SaveAsync(BlobKind.Tree, Tree(inner.ToString()), default);
        var root = await vault.SaveAsync(BlobKind.Tree, Tree(Node("folder", "dir", $"\"subtree\":\"{folder.Id}\"")), default);
        await vault.FlushAsync(default);
        return await SnapshotFiles.SaveAsync(vault, Some.Snapshot(0, time) with { Id = "", Tree = root.Id, Paths = ["/folder"] }, default);
    }

    /// <summary>Bytes that cannot be compressed, the same for the same number.</summary>
    public static byte[] Piece(int number, int length = 3000)
    {
        var bytes = new byte[length];
        new Random(number).NextBytes(bytes);
        return bytes;
    }

    /// <summary>Reads everything that the snapshots need; the content of their files in order.</summary>
    public static async Task<List<byte[]>> ReadAllAsync(VaultRepository vault)
    {
        await vault.LoadIndexAsync(default);
        List<byte[]> contents = [];
        foreach (var snapshot in await SnapshotFiles.ListAsync(vault, null, default))
        {
            var used = await Holdfast.Vault.Walking.TreeWalker.FindUsedAsync(vault, [snapshot.Tree], default);
            foreach (var blob in used.Where(blob => blob.Kind == BlobKind.Data).OrderBy(blob => blob.Id)) contents.Add(await vault.LoadAsync(blob.Kind, blob.Id, default));
        }

        return contents;
    }

    public static async Task<List<VaultFile>> FilesAsync(IVaultBackend backend, VaultFileKind kind)
    {
        List<VaultFile> files = [];
        await foreach (var entry in backend.ListAsync(kind, default)) files.Add(entry.File);
        return files;
    }

    private static byte[] Tree(string nodes) => Encoding.UTF8.GetBytes($"{{\"nodes\":[{nodes}]}}\n");

    private static string Node(string name, string type, string more) =>
        $"{{\"name\":\"{name}\",\"type\":\"{type}\",\"mode\":{(type == "dir" ? 2147484141 : 420)},\"mtime\":\"2026-03-31T12:00:00Z\",\"atime\":\"2026-03-31T12:00:00Z\",\"ctime\":\"2026-03-31T12:00:00Z\",\"uid\":0,\"gid\":0,{more}}}";
}
