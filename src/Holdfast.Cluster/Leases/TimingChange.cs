using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Leases;

/// <summary>One step on the way from one timing profile to another.</summary>
public abstract record TimingStep
{
    /// <summary>Every node's leases get the timing, each from its next renewal.</summary>
    public sealed record Leases : TimingStep;

    /// <summary>A node's member of etcd is restarted with the timing.</summary>
    /// <param name="Node">The node.</param>
    public sealed record Member(NodeName Node) : TimingStep;
}

/// <summary>
/// The order in which a cluster goes from one timing profile to another: at every moment between, the leases outlive an election among the members of
/// etcd as slow as any of them makes it. So leases grow before the members slow down, and members speed up before the leases shrink.
/// </summary>
public static class TimingChange
{
    /// <summary>The next step; null when everything has the timing.</summary>
    /// <param name="leases">The timing of leases now.</param>
    /// <param name="members">The timing of each member of etcd now, in the order in which they may be restarted; empty when the store is none of ours.</param>
    /// <param name="target">The timing that everything shall have.</param>
    /// <exception cref="HoldfastException">Code <c>profile.impossible</c>, with the rule that would be broken.</exception>
    public static TimingStep? Next(TimingProfile leases, ImmutableArray<(NodeName Node, TimingProfile Profile)> members, TimingProfile target)
    {
        if (target.BrokenRules() is [var broken, ..]) throw Impossible(target, broken);
        var first = leases.Name == target.Name ? null : WhyNot(target, members.Select(member => member.Profile));
        if (leases.Name != target.Name && first is null) return new TimingStep.Leases();
        if (members.FirstOrDefault(member => member.Profile.Name != target.Name) is not { Profile: not null } next) return first is null ? null : throw Impossible(target, first);
        return WhyNot(leases, [target, .. members.Select(member => member.Profile)]) is { } why ? throw Impossible(target, why) : new TimingStep.Member(next.Node);
    }

    /// <summary>The rule that leases break over such members; null when they break none.</summary>
    private static string? WhyNot(TimingProfile leases, IEnumerable<TimingProfile> members) =>
        members.Select(leases.Over).SelectMany(mixed => mixed.BrokenRules()).FirstOrDefault();

    private static HoldfastException Impossible(TimingProfile target, string rule) =>
        new(ErrorKind.Invalid, "profile.impossible", $"The timing {target.Name} cannot be reached from here: {rule}", "Choose another profile; 'holdfast doctor' suggests one.");
}
