namespace Holdfast.Management.Compliance;

/// <summary>How old the newest usable snapshot was: pure arithmetic.</summary>
internal static class Exposure
{
    /// <summary>How old the newest snapshot is that can be used at a time; null when there was none.</summary>
    public static TimeSpan? At(IEnumerable<TakenSnapshot> snapshots, DateTimeOffset at)
    {
        DateTimeOffset? newest = null;
        foreach (var snapshot in snapshots)
        {
            if (snapshot.Completed <= at && (newest is null || snapshot.Taken > newest)) newest = snapshot.Taken;
        }

        return newest is { } taken ? Positive(at - taken) : null;
    }

    /// <summary>
    /// How old it ever was between two times; null when there was none in that time. It grows steadily and falls only when a snapshot becomes usable, so it is highest right before that, or at the
    /// end. Before the first snapshot ever there is nothing to be old.
    /// </summary>
    public static TimeSpan? Worst(IReadOnlyCollection<TakenSnapshot> snapshots, DateTimeOffset from, DateTimeOffset to)
    {
        DateTimeOffset? newest = null;
        TimeSpan? worst = null;
        foreach (var snapshot in snapshots.Where(snapshot => snapshot.Completed <= to).OrderBy(snapshot => snapshot.Completed))
        {
            if (newest is { } before && snapshot.Completed > from) Reach(snapshot.Completed - before);
            if (newest is null || snapshot.Taken > newest) newest = snapshot.Taken;
        }

        if (newest is { } last) Reach(to - last);
        return worst;

        void Reach(TimeSpan age)
        {
            if (worst is null || age > worst) worst = Positive(age);
        }
    }

    private static TimeSpan Positive(TimeSpan span) => span < TimeSpan.Zero ? TimeSpan.Zero : span;
}
