using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Pruning;

/// <summary>How often each used blob is there, and what of each pack is used.</summary>
internal sealed class BlobUsage(IReadOnlySet<BlobHandle> used)
{
    private readonly Dictionary<BlobHandle, int> _copies = new(used.Count);

    public BlobTotal Used { get; private set; }

    public BlobTotal Duplicate { get; private set; }

    public BlobTotal Unused { get; private set; }

    public void Count(PackedBlob blob)
    {
        var size = new BlobTotal(1, blob.Length);
        var handle = new BlobHandle(blob.Kind, blob.Id);
        if (!used.Contains(handle))
        {
            Unused += size;
            return;
        }

        var copies = _copies[handle] = _copies.GetValueOrDefault(handle) + 1;
        if (copies == 1) Used += size;
        else Duplicate += size;
    }

    /// <summary>Refuses to go on when a used blob is in no index.</summary>
    public void RefuseMissing()
    {
        if (_copies.Count == used.Count) return;

        var first = used.First(blob => !_copies.ContainsKey(blob));
        throw new HoldfastException(ErrorKind.Conflict, "prune.blobs-missing",
            $"{used.Count - _copies.Count} blobs that snapshots need are in no index, or in packs that are gone; the first of them {(first.Kind == BlobKind.Tree ? "tree" : "data")} {first.Id}. Nothing was removed.",
            "Find out what is damaged: holdfast vault check; then: holdfast vault repair");
    }

    /// <summary>Adds up each pack. Of a blob that is there several times one copy counts as used: one in a pack that is needed anyway, or else the last.</summary>
    public Dictionary<BlobId, PackUsage> PerPack(IEnumerable<PackedBlob> index)
    {
        Dictionary<BlobId, PackUsage> packs = [];
        foreach (var blob in index)
        {
            if (!packs.TryGetValue(blob.Pack, out var pack)) packs[blob.Pack] = pack = new();
            pack.Note(blob);
            var copies = _copies.GetValueOrDefault(new(blob.Kind, blob.Id));
            if (copies == 0) pack.Waste(blob);
            else if (copies == 1) pack.Use(blob);
        }

        Dictionary<BlobHandle, int> left = [];
        foreach (var (handle, copies) in _copies)
        {
            if (copies > 1) left[handle] = copies;
        }

        if (left.Count == 0) return packs;

        foreach (var blob in index)
        {
            var handle = new BlobHandle(blob.Kind, blob.Id);
            if (!left.TryGetValue(handle, out var copies)) continue;

            var pack = packs[blob.Pack];
            if (copies > 0 && (pack.UsedBlobs > 0 || copies == 1))
            {
                pack.Use(blob);
                left[handle] = 0;
            }
            else
            {
                pack.Waste(blob);
                if (copies > 0) left[handle] = copies - 1;
            }
        }

        return packs;
    }
}
