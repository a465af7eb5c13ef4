using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Jobs;

/// <summary>How much of a job's concurrency cap others use now.</summary>
/// <param name="Group">The group.</param>
/// <param name="Most">How many may be at work.</param>
/// <param name="Others">The other jobs of the group that have a run at work.</param>
/// <param name="Set">The node whose settings say it, for all jobs on it; null when the job says it.</param>
public sealed record CapUse(string Group, int Most, ImmutableArray<RoleName> Others, NodeName? Set = null)
{
    /// <summary>The group of whatever runs on the same node.</summary>
    public const string Node = "node";

    /// <summary>Gets whether no other may begin.</summary>
    public bool IsFull => Others.Length >= Most;

    /// <summary>Gets why nothing begins, one sentence.</summary>
    public string Sentence =>
        $"it waits to start: {string.Join(", ", Others.Take(3))}{(Others.Length > 3 ? $" and {Others.Length - 3} others" : "")} {(Others.Length == 1 ? "is" : "are")} at work {Limit}";

    private string Limit => Set is { } node ? $"on {node}, whose settings let {Most} {(Most == 1 ? "job" : "jobs")} run at once" : $"{(Group == Node ? "on its node" : $"in group {Group}")}, and {Most} may be at once";

    /// <inheritdoc/>
    public bool Equals(CapUse? other) => other is not null && Group == other.Group && Most == other.Most && Set == other.Set && Others.SequenceEqual(other.Others);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Group, Most, Others.Length);
}
