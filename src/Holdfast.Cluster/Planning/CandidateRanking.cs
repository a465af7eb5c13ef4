using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>
/// Who could own a role now, best first. The order: nodes in quarantine and nodes that are unwell last, nodes it did not fail on lately, then preferred owners as listed, then
/// the fewest unmet wishes for company, then the lowest load, then the name, so that every node breaks a tie the same way.
/// </summary>
internal static class CandidateRanking
{
    public static ImmutableArray<Candidate> Rank(RoleState role, LeaseJudgement judgement, LoadMap loads, Relations relations, DateTimeOffset wall)
    {
        var recent = FailureBudget.Recent(role.Spec, role.Placement.Value, wall);
        var judged = AllNames(role.Spec, judgement)
            .Select(node => (
                Node: node,
                WhyNot: WhyNot(role.Spec, judgement[node]) ?? relations.WhyNot(role.Spec, node),
                Standing: judgement[node],
                Failures: FailureBudget.On(recent, node),
                Preference: PreferenceOf(role.Spec, node),
                Unmet: relations.Unmet(role.Spec, node),
                Load: loads.Without(role.Name, node)))
            .ToList();

        var eligible = judged.Where(c => c.WhyNot is null).OrderBy(c => !c.Standing.IsWell).ThenBy(c => c.Failures).ThenBy(c => c.Preference).ThenBy(c => c.Unmet).ThenBy(c => c.Load).ThenBy(c => c.Node)
            .Select((c, index) => new Candidate(c.Node, true, index + 1, Standing(role.Spec, c.Failures, c.Preference, c.Unmet, c.Load) + Unwell(c.Standing)));
        var others = judged.Where(c => c.WhyNot is not null).OrderBy(c => c.Node)
            .Select(c => new Candidate(c.Node, false, 0, c.WhyNot!));
        return [.. eligible, .. others];
    }

    /// <summary>Returns the place in the list of preferred owners, from 0; <see cref="int.MaxValue"/> when not listed.</summary>
    public static int PreferenceOf(RoleSpec spec, NodeName node) => spec.PreferredOwners.IndexOf(node) is >= 0 and var index ? index : int.MaxValue;

    public static bool IsPossible(RoleSpec spec, NodeName node) => spec.PossibleOwners.IsEmpty || spec.PossibleOwners.Contains(node);

    private static IEnumerable<NodeName> AllNames(RoleSpec spec, LeaseJudgement judgement) =>
        judgement.All.Select(standing => standing.Node).Union(spec.PossibleOwners).Union(spec.PreferredOwners);

    private static string? WhyNot(RoleSpec spec, NodeStanding standing) =>
        standing.Record is not null && !IsPossible(spec, standing.Node) ? "is not a possible owner of this role" : standing.WhyNotAvailable;

    private static string Standing(RoleSpec spec, int failures, int preference, int unmet, long load)
    {
        var preferred = preference == int.MaxValue
            ? spec.PreferredOwners.IsEmpty ? "no preference" : "not a preferred owner"
            : $"preferred owner {preference + 1} of {spec.PreferredOwners.Length}";
        var failed = failures == 0 ? "" : $", failed here {Times(failures)} lately";
        var wishes = unmet switch { 0 => "", 1 => ", a wish for company unmet", _ => $", {unmet} wishes for company unmet" };
        return $"{preferred}, load {load}{wishes}{failed}";
    }

    private static string Unwell(NodeStanding standing) => standing switch
    {
        { Problem: { } problem } => $"; it {problem}: only when no other node can take it",
        { Quarantine: { } quarantine } => $"; it is in quarantine until {MaintenanceMode.Instant(quarantine.Until)} because it {quarantine.Reason}: only when no other node can take it",
        _ => "",
    };

    public static string Times(int count) => count switch { 1 => "once", 2 => "twice", _ => $"{count} times" };
}
