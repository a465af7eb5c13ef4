using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Pruning;

/// <summary>A prune plan in the making: each pack is sorted, then the best candidates are repacked up to the limits.</summary>
internal sealed class PackChoices(PruneInput input, PruneOptions options, BlobUsage blobs)
{
    private readonly long _smallPack = PrunePlanner.SmallPack(input, options);
    private readonly List<RepackCandidate> _candidates = [];
    private readonly List<RepackCandidate> _small = [];
    private BlobTotal _remove;
    private BlobTotal _repack;
    private BlobTotal _repackRemove;
    private long _unreferencedBytes;
    private int _kept;

    public HashSet<BlobId> Unreferenced { get; } = [];

    public HashSet<BlobId> Remove { get; } = [];

    public HashSet<BlobId> Repack { get; } = [];

    public HashSet<BlobId> Forget { get; } = [];

    public PruneStatistics Statistics => new()
    {
        Used = blobs.Used,
        Duplicate = blobs.Duplicate,
        Unused = blobs.Unused,
        UnreferencedBytes = _unreferencedBytes,
        Remove = _remove,
        Repack = _repack,
        RepackRemove = _repackRemove,
        PacksKept = _kept,
        PacksRepacked = Repack.Count,
        PacksRemoved = Remove.Count,
        PacksUnreferenced = Unreferenced.Count,
    };

    /// <summary>Sorts a pack that is there.</summary>
    public void Sort(BlobId pack, long length, PackUsage? usage)
    {
        if (usage is null)
        {
            Unreferenced.Add(pack);
            _unreferencedBytes += length;
            return;
        }

        if (usage.UsedBlobs == 0)
        {
            Remove.Add(pack);
            _remove += usage.Unused;
            return;
        }

        if (usage.Bytes != length)
        {
            throw new HoldfastException(ErrorKind.Conflict, "prune.pack-size", $"The pack {pack} has {length} bytes, and {usage.Bytes} by the index. Nothing was removed.", "Write the index anew: holdfast vault repair index");
        }

        // Trees are always compressed where the format can, since everybody reads them.
        var mustCompress = input.Version >= 2 && usage.HasUncompressed && (usage.IsTree || options.RepackUncompressed);
        if (options.RepackCacheableOnly && usage.IsData) _kept++;
        else if (usage.UnusedBlobs > 0 || usage.IsMixed || mustCompress) _candidates.Add(new(pack, usage, mustCompress));
        else if (length < _smallPack) _small.Add(new(pack, usage, mustCompress));
        else _kept++;
    }

    /// <summary>Leaves packs out of the index that are gone; what was used of them is elsewhere too, or the plan was refused before.</summary>
    public void ForgetMissing()
    {
        foreach (var blob in input.Index)
        {
            if (!input.Packs.ContainsKey(blob.Pack)) Forget.Add(blob.Pack);
        }
    }

    /// <summary>Takes the candidates with the largest unused share, trees and small packs before all others, until what is left unused is tolerable.</summary>
    public void ChooseRepacks()
    {
        if (PrunePlanner.WorthGathering(_small.Count)) _candidates.AddRange(_small);
        else _kept += _small.Count;

        var tolerated = options.ToleratedUnused(blobs.Used.Bytes);
        foreach (var candidate in _candidates.OrderBy(candidate => candidate.Usage.IsData)
                     .ThenBy(candidate => candidate.Usage.Bytes >= _smallPack)
                     .ThenByDescending(candidate => candidate.Usage.UnusedBytes / (double)candidate.Usage.Bytes)
                     .ThenBy(candidate => candidate.Pack))
        {
            var usage = candidate.Usage;
            var tolerable = blobs.Unused.Bytes + blobs.Duplicate.Bytes - _remove.Bytes - _repackRemove.Bytes <= tolerated;
            var mustGo = !usage.IsData || candidate.MustCompress || usage.Bytes < _smallPack;
            if (_repack.Bytes + usage.Bytes > options.MaxRepackBytes || (tolerable && !mustGo))
            {
                _kept++;
                continue;
            }

            Repack.Add(candidate.Pack);
            _repack += usage.Total;
            _repackRemove += usage.Unused;
        }
    }

    private readonly record struct RepackCandidate(BlobId Pack, PackUsage Usage, bool MustCompress);
}
