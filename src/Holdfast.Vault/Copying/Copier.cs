using Holdfast.Vault.Blobs;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Walking;

namespace Holdfast.Vault.Copying;

/// <summary>Copies snapshots from one vault to another: a second copy, or a seed. Both need a shared lock, and their indexes loaded.</summary>
/// <remarks>Can stop anywhere: a snapshot is written when everything it needs is there, and what was copied before is not copied again.</remarks>
public sealed class Copier(VaultRepository source, VaultRepository target)
{
    private const int PacksReadAtOnce = 2;

    private readonly HashSet<BlobId> _copiedTrees = [];

    /// <summary>Gets whether both cut files alike. If not, a copy works, but what is then backed up to the target shares nothing with it.</summary>
    public bool ShareCuts => source.Config.ChunkerPolynomial == target.Config.ChunkerPolynomial;

    /// <summary>Copies, the oldest first; each outcome as soon as it is there.</summary>
    public async IAsyncEnumerable<CopyOutcome> CopyAsync(IEnumerable<Snapshot> snapshots, VaultLock targetLock, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var there = (await SnapshotFiles.ListAsync(target, (_, _) => { }, cancellationToken)).ToLookup(snapshot => snapshot.LastingId);
        foreach (var snapshot in snapshots.OrderBy(snapshot => snapshot.Time))
        {
            if (there[snapshot.LastingId].FirstOrDefault(copy => CopiedSnapshot.IsCopy(snapshot, copy)) is { } before)
            {
                yield return new(snapshot, before, WasThere: true, 0, 0);
                continue;
            }

            var (blobs, bytes) = await CopyBlobsAsync(snapshot.Tree, cancellationToken);
            await target.FlushAsync(cancellationToken);
            await targetLock.EnsureHeldAsync(cancellationToken);
            yield return new(snapshot, await SnapshotFiles.SaveAsync(target, CopiedSnapshot.Of(snapshot), cancellationToken), WasThere: false, blobs, bytes);
        }
    }

    private async Task<(long Blobs, long Bytes)> CopyBlobsAsync(BlobId root, CancellationToken cancellationToken)
    {
        var wanted = (await TreeWalker.FindUsedAsync(source, [root], _copiedTrees, cancellationToken)).Where(blob => !target.Index.TryFind(blob.Kind, blob.Id, out _));
        Dictionary<BlobId, List<PackedBlob>> packs = [];
        foreach (var blob in wanted)
        {
            if (!source.Index.TryFind(blob.Kind, blob.Id, out var packed)) throw Missing(blob);
            if (!packs.TryGetValue(packed.Pack, out var list)) packs[packed.Pack] = list = [];
            list.Add(packed);
        }

        long blobs = 0, bytes = 0;
        await Parallel.ForEachAsync(packs, new ParallelOptions { MaxDegreeOfParallelism = PacksReadAtOnce, CancellationToken = cancellationToken }, async (pack, token) =>
            await source.ReadPackAsync(pack.Key, pack.Value, async (blob, content) =>
            {
                var saved = await target.SaveAsync(blob.Kind, content, token);
                Interlocked.Add(ref bytes, saved.AddedBytes);
                Interlocked.Increment(ref blobs);
            }, token));
        return (blobs, bytes);
    }

    private HoldfastException Missing(BlobHandle blob) =>
        new(ErrorKind.NotFound, "blob.missing", $"The vault {source.Backend.Location} has no {(blob.Kind == BlobKind.Tree ? "tree" : "data")} blob {blob.Id} in its index.", "Find out what else is missing: holdfast vault check");
}
