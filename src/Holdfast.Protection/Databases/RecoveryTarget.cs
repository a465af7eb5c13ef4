namespace Holdfast.Protection.Databases;

/// <summary>How far a restored database goes.</summary>
public abstract record RecoveryTarget
{
    private RecoveryTarget()
    {
    }

    /// <summary>Gets everything that the vault has.</summary>
    public static RecoveryTarget Latest { get; } = new End();

    /// <summary>Gets the end of the base backup: as soon as it is consistent.</summary>
    public static RecoveryTarget Immediate { get; } = new Consistent();

    /// <summary>Gets the timeline to follow.</summary>
    /// <value>The default is null: the newest that the base leads to.</value>
    public uint? Timeline { get; init; }

    public sealed record End : RecoveryTarget;

    public sealed record Consistent : RecoveryTarget;

    /// <summary>Transactions that were committed up to then, and no later ones.</summary>
    public sealed record Moment(DateTimeOffset Time) : RecoveryTarget;

    /// <summary>Up to a place in the log, as the engine writes it.</summary>
    public sealed record Place(string Position) : RecoveryTarget;

    /// <summary>Up to the end of a transaction.</summary>
    public sealed record Transaction(ulong Id) : RecoveryTarget;
}
