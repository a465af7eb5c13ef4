using System.Collections.Immutable;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>
/// Who could own a role now, best first. The order: nodes in quarantine and nodes that are unwell last, nodes it did not fail on lately, then preferred owners as listed, then
/// the fewest unmet wishes for company, then the lowest load, then the name, so that every node breaks a tie the same way.
/// </summary>
internal static class CandidateRanking
{
    private const int MostFacts = 8;

    public static ImmutableArray<Contender> Rank(RoleState role, LeaseJudgement judgement, LoadMap loads, Relations relations, DateTimeOffset wall)
    {
        var recent = FailureBudget.Recent(role.Spec, role.Placement.Value, wall);
        var named = role.Spec.PossibleOwners.Concat(role.Spec.PreferredOwners).Where(node => !judgement.Knows(node)).Distinct().Select(node => judgement[node]);
        return [.. judgement.All.Concat(named).Select(standing => new Contender
        {
            Role = role.Spec,
            Standing = standing,
            WhyNot = WhyNot(role, standing) ?? relations.WhyNot(role.Spec, standing.Node),
            Failures = FailureBudget.On(recent, standing.Node),
            Preference = PreferenceOf(role.Spec, standing.Node),
            Unmet = relations.Unmet(role.Spec, standing.Node),
            Load = loads.Without(role.Name, standing.Node),
        }).Order()];
    }

    /// <summary>Returns the place in the list of preferred owners, from 0; <see cref="int.MaxValue"/> when not listed.</summary>
    public static int PreferenceOf(RoleSpec spec, NodeName node) => spec.PreferredOwners.IndexOf(node) is >= 0 and var index ? index : int.MaxValue;

    public static bool IsPossible(RoleSpec spec, NodeName node) => spec.PossibleOwners.IsEmpty || spec.PossibleOwners.Contains(node);

    public static string Times(int count) => count switch { 1 => "once", 2 => "twice", _ => $"{count} times" };

    /// <summary>The best of them, one fact each. Not all: a decision is kept with its role, and a cluster may have many nodes.</summary>
    public static ImmutableArray<string> Evidence(ImmutableArray<Contender> ranked) => ranked.Length <= MostFacts ? [.. ranked.Select(contender => $"{contender}")]
        : [.. ranked.Take(MostFacts - 1).Select(contender => $"{contender}"), $"{ranked.Length - MostFacts + 1} other nodes, {ranked.Skip(MostFacts - 1).Count(contender => contender.Eligible)} of which could take it"];

    private static string? WhyNot(RoleState role, NodeStanding standing) =>
        standing.Record is not null && !IsPossible(role.Spec, standing.Node) ? "is not a possible owner of this role"
        : (role.IsOfClient ? standing.WhyNotForItsOwn : standing.WhyNotAvailable) ?? (standing.SchedulerStop is not null && role.Spec.IsJobOnly() ? "takes no schedules" : null);
}
