namespace Holdfast.Management.Compliance;

/// <summary>How one protected thing stands: a row of GET /things.</summary>
public sealed record ThingCompliance
{
    /// <summary>Gets the thing's name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets its kind, as in the API.</summary>
    public required Policies.ThingKind Kind { get; init; }

    /// <summary>Gets the node that it is on now; null when nobody knows.</summary>
    public string? Node { get; init; }

    /// <summary>Gets the policy.</summary>
    public required string Policy { get; init; }

    /// <summary>Gets what tells the thing from every other.</summary>
    public required string Key { get; init; }

    /// <summary>Gets whether the RPO is met now.</summary>
    public required ComplianceState State { get; init; }

    /// <summary>Gets whether the RTO would be met.</summary>
    public required ComplianceState RtoState { get; init; }

    /// <summary>Gets whether the last proof is as young as the policy asks.</summary>
    public required ComplianceState ProofState { get; init; }

    /// <summary>Gets what is asked for, in seconds; null for nothing.</summary>
    public double? RpoSeconds { get; init; }

    /// <summary>Gets how old the newest snapshot is, in the vault where it is oldest; null when there is none.</summary>
    public double? AgeSeconds { get; init; }

    /// <summary>Gets how old it ever was in the last 30 days; null when there is none.</summary>
    public double? Worst30dSeconds { get; init; }

    /// <summary>Gets how old it would get if its node died now, before there is another; null when that cannot be told.</summary>
    public double? PredictedSeconds { get; init; }

    /// <summary>Gets how long it would take to have it back, from measured restores; null when none was measured.</summary>
    public double? RtoSeconds { get; init; }

    /// <summary>Gets when the newest snapshot was taken.</summary>
    public DateTimeOffset? LastSnapshot { get; init; }

    /// <summary>Gets when a restore was proved last.</summary>
    public DateTimeOffset? LastProof { get; init; }

    /// <summary>Gets how it stands, one sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>Gets what to do; null when nothing.</summary>
    public string? Hint { get; init; }
}
