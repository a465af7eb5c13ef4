using Holdfast.Demo.Faults;

namespace Holdfast.Demo.Reports;

/// <summary>What came of one fault as a whole, and how it is judged: one row of the table of results.</summary>
internal sealed record FaultReport
{
    public required Fault Fault { get; init; }

    /// <summary>Gets what was otherwise than expected; null when nothing was.</summary>
    public required string? Failure { get; init; }

    /// <summary>Gets what it did to each role; empty when the cluster did not come back from it.</summary>
    public IReadOnlyList<FaultResult> Results { get; init; } = [];

    /// <summary>Gets how many writes were acknowledged from just before the fault until it was over and mended.</summary>
    public int Acknowledged { get; init; }

    /// <summary>Gets the time from the end of the fault, or from it when it has none, until nothing was missing any more; null when it never came to that.</summary>
    public TimeSpan? Redundancy { get; init; }

    /// <summary>Gets when the last of the roles was gone, from the fault; null when one was held all the time.</summary>
    public TimeSpan? LastStop { get; init; }

    /// <summary>Judges a fault that the cluster came back from.</summary>
    public static FaultReport Judged(Fault fault, Observed seen, IReadOnlyList<FaultResult> results, int acknowledged, string? damage, TimeSpan redundancy)
    {
        var (lost, owners) = (results.Max(result => result.AcknowledgedLost), results.Sum(result => result.DoubleActive));
        var failure = lost > 0 ? $"{lost} acknowledged writes were lost"
            : owners > 0 ? $"in {owners} moments two nodes owned a role"
            : damage is not null ? damage
            : acknowledged == 0 ? "no write was acknowledged, so none could be lost" : fault.Expectation.Judge(seen);
        return new FaultReport { Fault = fault, Failure = failure, Results = results, Acknowledged = acknowledged, Redundancy = redundancy, LastStop = seen.LastStop };
    }
}
