using System.Collections.Concurrent;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Indexes;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Repairing;

/// <summary>Makes the index say what is in the packs. Needs an exclusive lock.</summary>
public sealed class IndexRepair(VaultRepository vault)
{
    private const int HeadersReadAtOnce = 8;

    /// <summary>Finds out what is wrong with the index; changes nothing.</summary>
    /// <param name="readAllPacks">Whether the headers of all packs are read, instead of those that no index lists rightly.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<IndexRepairPlan> PlanAsync(bool readAllPacks, CancellationToken cancellationToken)
    {
        var (files, damaged) = await LoadTolerantlyAsync(cancellationToken);
        var there = await Pruner.ListPacksAsync(vault, cancellationToken);
        Dictionary<BlobId, List<PackedBlob>> listed = [];
        foreach (var blob in IndexEntries.Once(vault.Index))
        {
            if (!listed.TryGetValue(blob.Pack, out var blobs)) listed[blob.Pack] = blobs = [];
            blobs.Add(blob);
        }

        var read = there.Where(pack => readAllPacks || !listed.TryGetValue(pack.Key, out var blobs) || PackSize.Of(blobs) != pack.Value).ToList();
        var (headers, unreadable) = await ReadHeadersAsync(read, cancellationToken);
        var again = read.Select(pack => pack.Key).ToHashSet();
        var lost = listed.Keys.Where(pack => !there.ContainsKey(pack)).ToList();
        var kept = unreadable.ToDictionary(pack => pack.Key, pack => listed.GetValueOrDefault(pack.Key, []).Where(blob => (long)blob.Offset + blob.Length <= there[pack.Key]).OrderBy(blob => blob.Offset).ToList());
        // With all headers read, what says the same as before is no repair.
        var changed = headers.Where(pack => !listed.TryGetValue(pack.Key, out var blobs) || !blobs.ToHashSet().SetEquals(pack.Value)).Select(pack => pack.Key);
        return new(
            [.. listed.Where(pack => there.ContainsKey(pack.Key) && !again.Contains(pack.Key)).Select(pack => pack.Value.OrderBy(blob => blob.Offset).ToList()), .. headers.Values, .. kept.Values],
            [.. changed.Order()], [.. lost.Order()],
            [.. unreadable.OrderBy(pack => pack.Key).Select(pack => new UnreadablePack(pack.Key, pack.Value, kept[pack.Key].Count, listed.GetValueOrDefault(pack.Key, []).Count - kept[pack.Key].Count))], damaged)
        {
            OldFiles = files,
        };
    }

    /// <summary>Carries it out: the new index first, then the old files go.</summary>
    public async Task RunAsync(IndexRepairPlan plan, VaultLock held, CancellationToken cancellationToken)
    {
        await held.EnsureHeldAsync(cancellationToken);
        var written = await vault.SaveIndexAsync(plan.Packs, [.. plan.OldFiles.Except(plan.Damaged).Select(file => file.Name)], cancellationToken);
        await held.EnsureHeldAsync(cancellationToken);
        foreach (var file in plan.OldFiles.Where(file => !written.Contains(file.Name))) await vault.Backend.RemoveAsync(file, cancellationToken);
        await vault.LoadIndexAsync(cancellationToken);
    }

    private async Task<(IReadOnlyList<VaultFile> Files, IReadOnlyList<VaultFile> Damaged)> LoadTolerantlyAsync(CancellationToken cancellationToken)
    {
        vault.Index.Clear();
        List<VaultFile> files = [], damaged = [];
        await foreach (var entry in vault.Backend.ListAsync(VaultFileKind.Index, cancellationToken))
        {
            files.Add(entry.File);
            try
            {
                vault.Index.Add(entry.File.Name, await vault.LoadIndexFileAsync(entry.File, cancellationToken));
            }
            catch (HoldfastException error) when (error.Kind != ErrorKind.Unavailable)
            {
                damaged.Add(entry.File);
            }
        }

        return (files, damaged);
    }

    private async Task<(IReadOnlyDictionary<BlobId, IReadOnlyList<PackedBlob>> Headers, IReadOnlyDictionary<BlobId, string> Unreadable)> ReadHeadersAsync(IEnumerable<KeyValuePair<BlobId, long>> packs, CancellationToken cancellationToken)
    {
        var headers = new ConcurrentDictionary<BlobId, IReadOnlyList<PackedBlob>>();
        var unreadable = new ConcurrentDictionary<BlobId, string>();
        await Parallel.ForEachAsync(packs, new ParallelOptions { MaxDegreeOfParallelism = HeadersReadAtOnce, CancellationToken = cancellationToken }, async (pack, token) =>
        {
            try
            {
                headers[pack.Key] = await vault.ReadPackHeaderAsync(pack.Key, pack.Value, token);
            }
            catch (HoldfastException error) when (error.Kind != ErrorKind.Unavailable)
            {
                unreadable[pack.Key] = error.Message;
            }
        });
        return (headers, unreadable);
    }
}
