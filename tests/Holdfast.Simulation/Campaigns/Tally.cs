namespace Holdfast.Simulation.Campaigns;

/// <summary>What happened in one seed or in many: a campaign that met nothing proves nothing.</summary>
public sealed class Tally
{
    /// <summary>Gets how often each fault was made.</summary>
    public SortedDictionary<Fault, long> Faults { get; } = [];

    public long Seeds { get; set; }

    public double VirtualHours { get; set; }

    public long Steps { get; set; }

    /// <summary>Gets or sets how often a role began to run on another machine than before.</summary>
    public long Takeovers { get; set; }

    /// <summary>Gets or sets how many leases ran out or were ended with roles to be swept.</summary>
    public long Expiries { get; set; }

    /// <summary>Gets or sets how many commits got through of which nobody heard.</summary>
    public long LostAcknowledgements { get; set; }

    /// <summary>Gets or sets how many incarnations were registered.</summary>
    public long Incarnations { get; set; }

    public void Count(Fault fault) => Faults[fault] = Faults.GetValueOrDefault(fault) + 1;

    /// <summary>Adds what another counted.</summary>
    public void Add(Tally other)
    {
        foreach (var (fault, count) in other.Faults) Faults[fault] = Faults.GetValueOrDefault(fault) + count;
        Seeds += other.Seeds;
        VirtualHours += other.VirtualHours;
        Steps += other.Steps;
        Takeovers += other.Takeovers;
        Expiries += other.Expiries;
        LostAcknowledgements += other.LostAcknowledgements;
        Incarnations += other.Incarnations;
    }
}
