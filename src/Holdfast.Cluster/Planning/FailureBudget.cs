using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>Which of a role's failures still count. Wall clocks serve here, since a wrong answer costs only a start too many or too few.</summary>
internal static class FailureBudget
{
    public static ImmutableArray<FailureEntry> Recent(RoleSpec spec, Placement placement, DateTimeOffset wall) =>
        placement.Failures.IsEmpty ? [] : [.. placement.Failures.Where(failure => Counts(spec, failure, wall))];

    public static int On(ImmutableArray<FailureEntry> recent, NodeName node) => recent.Count(failure => failure.From == node);

    public static bool IsSpent(RoleSpec spec, ImmutableArray<FailureEntry> recent) => recent.Length > spec.Failovers.Count;

    public static IEnumerable<TimeSpan> Changes(RoleSpec spec, Placement placement, DateTimeOffset wall) =>
        placement.Failures.IsEmpty ? [] : Recent(spec, placement, wall).Select(failure => failure.At + spec.Failovers.Period - wall);

    // A failure "in the future" was noted by a clock that is ahead; one that is wildly ahead must not count forever.
    private static bool Counts(RoleSpec spec, FailureEntry failure, DateTimeOffset wall) => (wall - failure.At).Duration() < spec.Failovers.Period;
}
