namespace Holdfast.Cluster.Settings;

/// <summary>
/// Generations of a store, the greater half of every epoch. One that begins anew from an older record gets a generation that
/// was never used: not the record's next one, because the same record may have been begun from before (leases rule 17).
/// </summary>
public static class Generations
{
    private static readonly DateTimeOffset Origin = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Returns a generation above the greatest one known. A clock that is right makes it differ from those that nobody here knows of.</summary>
    /// <param name="known">The greatest generation that the record or this node knows.</param>
    /// <param name="wall">The wall clock; a wrong one still gives a greater generation than the known.</param>
    public static int Fresh(int known, DateTimeOffset wall) =>
        Math.Max(checked(known + 1), (int)Math.Clamp((wall - Origin).TotalSeconds, 0, int.MaxValue - 1));
}
