using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Pruning;

/// <summary>Decides which packs stay, go, or are written anew: restic's rules, so that both leave the same.</summary>
public static class PrunePlanner
{
    private const int FewSmallPacks = 10;

    /// <summary>Plans. Nothing that is used is lost by carrying it out, wherever it stops.</summary>
    /// <exception cref="HoldfastException"><c>prune.blobs-missing</c>, <c>prune.pack-size</c>: something used is not there whole; pruning would make it worse.</exception>
    public static PrunePlan Plan(PruneInput input, PruneOptions options)
    {
        // What an index says of a pack that is gone is no copy of anything.
        var there = input.Index.Where(blob => input.Packs.ContainsKey(blob.Pack));
        var found = new BlobUsage(input.Used);
        foreach (var blob in there) found.Count(blob);
        found.RefuseMissing();

        var packs = found.PerPack(there);
        var decided = new PackChoices(input, options, found);
        foreach (var (pack, length) in input.Packs) decided.Sort(pack, length, packs.GetValueOrDefault(pack));
        decided.ForgetMissing();
        decided.ChooseRepacks();
        return new()
        {
            Unreferenced = decided.Unreferenced,
            Remove = decided.Remove,
            Repack = decided.Repack,
            Forget = decided.Forget,
            Keep = ToKeep(input, decided),
            Statistics = decided.Statistics,
        };
    }

    /// <summary>The packs below this length are worth gathering into larger ones.</summary>
    internal static long SmallPack(PruneInput input, PruneOptions options) => options.RepackSmall ? input.TargetPackSize / 5 * 4 : input.TargetPackSize / 25;

    internal static bool WorthGathering(int smallPacks) => smallPacks >= FewSmallPacks;

    private static HashSet<BlobHandle> ToKeep(PruneInput input, PackChoices decided)
    {
        HashSet<BlobHandle> keep = [];
        if (decided.Repack.Count == 0) return keep;

        foreach (var blob in input.Index)
        {
            var handle = new BlobHandle(blob.Kind, blob.Id);
            if (decided.Repack.Contains(blob.Pack) && input.Used.Contains(handle)) keep.Add(handle);
        }

        // A copy in a pack that stays is enough.
        foreach (var blob in input.Index)
        {
            if (input.Packs.ContainsKey(blob.Pack) && !decided.Repack.Contains(blob.Pack) && !decided.Remove.Contains(blob.Pack)) keep.Remove(new(blob.Kind, blob.Id));
        }

        return keep;
    }
}
