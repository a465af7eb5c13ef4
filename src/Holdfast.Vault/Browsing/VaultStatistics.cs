using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Trees;
using Holdfast.Vault.Walking;

namespace Holdfast.Vault.Browsing;

/// <summary>What some snapshots hold and take.</summary>
/// <param name="Snapshots">How many.</param>
/// <param name="RestoreFiles">The files that restoring each of them would write.</param>
/// <param name="RestoreBytes">Their bytes.</param>
/// <param name="Blobs">The different blobs that they need.</param>
/// <param name="RawBytes">What these take in the vault.</param>
/// <param name="UncompressedBytes">What they would take uncompressed.</param>
public sealed record VaultStatistics(int Snapshots, long RestoreFiles, long RestoreBytes, long Blobs, long RawBytes, long UncompressedBytes)
{
    /// <summary>Gets what compression saves, from 0 to 1.</summary>
    public double CompressionSaving => UncompressedBytes == 0 ? 0 : 1 - (RawBytes / (double)UncompressedBytes);

    /// <summary>Counts. The index must be loaded.</summary>
    public static async Task<VaultStatistics> CountAsync(VaultRepository vault, IReadOnlyCollection<Snapshot> snapshots, CancellationToken cancellationToken)
    {
        // A tree that many snapshots share is counted once, and added for each.
        Dictionary<BlobId, (long Files, long Bytes)> known = [];
        var (files, bytes) = (0L, 0L);
        foreach (var snapshot in snapshots)
        {
            var (f, b) = await CountTreeAsync(vault, snapshot.Tree, known, cancellationToken);
            (files, bytes) = (files + f, bytes + b);
        }

        var used = await TreeWalker.FindUsedAsync(vault, snapshots.Select(snapshot => snapshot.Tree), cancellationToken);
        var (raw, uncompressed) = (0L, 0L);
        foreach (var handle in used)
        {
            if (!vault.Index.TryFind(handle.Kind, handle.Id, out var blob)) continue;
            raw += blob.Length;
            uncompressed += blob.ContentLength + PackedBlob.SealBytes;
        }

        return new(snapshots.Count, files, bytes, used.Count, raw, uncompressed);
    }

    private static async Task<(long Files, long Bytes)> CountTreeAsync(VaultRepository vault, BlobId id, Dictionary<BlobId, (long Files, long Bytes)> known, CancellationToken cancellationToken)
    {
        if (known.TryGetValue(id, out var before)) return before;

        var (files, bytes) = (0L, 0L);
        foreach (var node in (await Tree.LoadAsync(vault, id, cancellationToken)).Nodes)
        {
            files++;
            if (node.Type == NodeType.File) bytes += (long)node.Size;
            if (node is not { Type: NodeType.Directory, Subtree: { } subtree }) continue;
            var (f, b) = await CountTreeAsync(vault, subtree, known, cancellationToken);
            (files, bytes) = (files + f, bytes + b);
        }

        return known[id] = (files, bytes);
    }
}
