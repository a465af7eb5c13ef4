namespace Holdfast.Cluster.Leases;

/// <summary>
/// One reading of a machine's two boot-scoped clocks. Only readings of the same machine and boot may be compared.
/// </summary>
/// <param name="Boot">CLOCK_BOOTTIME: goes on in suspend, but its rate may be slewed.</param>
/// <param name="Raw">CLOCK_MONOTONIC_RAW: never slewed, but stops in suspend.</param>
/// <remarks>
/// The owner of a lease lets it expire when <em>either</em> clock says so (<see cref="SpentSince"/>) and an observer counts
/// only what <em>both</em> agree on (<see cref="ObservedSince"/>), so neither slew nor suspend can make an observer faster
/// than an owner (leases rule 3).
/// </remarks>
public readonly record struct ClockReading(TimeSpan Boot, TimeSpan Raw)
{
    /// <summary>Returns this reading moved forward on both clocks.</summary>
    public ClockReading Plus(TimeSpan duration) => new(Boot + duration, Raw + duration);

    /// <summary>Time that an observer may count since <paramref name="earlier"/>: the lesser of the two clocks.</summary>
    public TimeSpan ObservedSince(ClockReading earlier)
    {
        var (boot, raw) = (Boot - earlier.Boot, Raw - earlier.Raw);
        return boot < raw ? boot : raw;
    }

    /// <summary>Time that an owner must count since <paramref name="earlier"/>: the greater of the two clocks.</summary>
    public TimeSpan SpentSince(ClockReading earlier)
    {
        var (boot, raw) = (Boot - earlier.Boot, Raw - earlier.Raw);
        return boot > raw ? boot : raw;
    }

    /// <summary>Whether a deadline is over for its owner: either clock has reached it.</summary>
    public bool HasReached(ClockReading deadline) => Boot >= deadline.Boot || Raw >= deadline.Raw;
}
