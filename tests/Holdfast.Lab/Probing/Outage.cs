namespace Holdfast.Lab.Probing;

/// <summary>A time in which a client had no service: from the last good answer before to the first good answer after.</summary>
/// <param name="LastGood">The last answer before.</param>
/// <param name="FirstGood">The first answer after.</param>
public readonly record struct Outage(Probe LastGood, Probe FirstGood)
{
    /// <summary>Gets how long it took.</summary>
    public TimeSpan Duration => FirstGood.EndedAt - LastGood.EndedAt;

    /// <summary>Finds the longest outage that ends after <paramref name="from"/> and not after <paramref name="until"/>.</summary>
    /// <returns>Null when there are no two good answers to measure between. Without a fault this is about the probing interval.</returns>
    public static Outage? Longest(IEnumerable<Probe> probes, TimeSpan from, TimeSpan until)
    {
        Outage? longest = null;
        Probe? last = null;
        foreach (var probe in probes.Where(probe => probe.IsGood && probe.EndedAt <= until).OrderBy(probe => probe.EndedAt))
        {
            if (last is { } before && probe.EndedAt > from && new Outage(before, probe) is var outage && !(longest?.Duration >= outage.Duration))
            {
                longest = outage;
            }

            last = probe;
        }

        return longest;
    }
}
