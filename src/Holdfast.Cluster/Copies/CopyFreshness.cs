namespace Holdfast.Cluster.Copies;

/// <summary>
/// Tells a voter's copy of the store that was put back from an old image from one that it only comes back with. The voter keeps a number beside
/// its copy, its mark, raises it again and again, and tells it to the others once it is on the disk. A copy that was put back brings an older mark.
/// </summary>
public static class CopyFreshness
{
    /// <summary>
    /// How many marks somebody who followed a voter to its end may be behind it: one that was written and not told yet, and one that was told
    /// and not yet written by who heard it.
    /// </summary>
    public const int Lag = 2;

    /// <summary>Judges a copy.</summary>
    /// <param name="own">The mark beside the copy; 0 when there is none.</param>
    /// <param name="voters">How many vote, this one among them.</param>
    /// <param name="others">What the other voters that answer have seen of it.</param>
    /// <param name="ofThisBoot">What its machine has noted of it since it booted, where no image reaches; null when nothing.</param>
    public static CopyVerdict Judge(long own, int voters, IReadOnlyCollection<MarkSighting> others, long? ofThisBoot = null)
    {
        if (voters <= 1) return CopyVerdict.Current; // Nobody else has ever relied on what it acknowledged.
        if (ofThisBoot > own || others.Any(seen => seen.Mark > own)) return CopyVerdict.Old;
        if (ofThisBoot == own || others.Any(seen => seen.Quorate)) return CopyVerdict.Current;

        // Whoever followed it to its end was there when anything later could have been acknowledged by it. And of so many others at least one
        // was in every majority that it was ever part of.
        var followed = others.Any(seen => seen.Mark >= own - Lag);
        var majority = (voters / 2) + 1;
        return followed || others.Count > voters - majority ? CopyVerdict.Current : CopyVerdict.Unproven;
    }
}
