using Holdfast.Lab.Observation;

namespace Holdfast.Demo.Faults;

/// <summary>What was seen of one fault, to judge it by.</summary>
internal sealed record Observed
{
    /// <summary>Gets when it took effect.</summary>
    public required TimeSpan Struck { get; init; }

    /// <summary>Gets when it was over, or both services had come back.</summary>
    public required TimeSpan Lifted { get; init; }

    /// <summary>Gets the time after which no lease renewed before the fault could be taken for valid.</summary>
    public required TimeSpan LeaseAndMargin { get; init; }

    /// <summary>Gets what hosts held of roles at some moment from <see cref="Struck"/> on.</summary>
    public required IReadOnlyList<OwnershipInterval> Facts { get; init; }

    /// <summary>Gets the codes of what the nodes told since.</summary>
    public required IReadOnlySet<string> Codes { get; init; }

    /// <summary>Gets when the last thing of a role was gone, from the fault; null when something was held until the fault was lifted.</summary>
    public TimeSpan? LastStop => Facts.Where(fact => fact.From < Lifted).ToList() is { Count: > 0 } held && held.All(fact => fact.To < Lifted) ? held.Max(fact => fact.To!.Value) - Struck : null;
}
