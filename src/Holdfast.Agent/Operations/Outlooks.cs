using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Operations;

/// <summary>Puts what the planner would do into the API's words. Nothing here decides anything.</summary>
internal static class Outlooks
{
    /// <summary>What would become of the roles if these nodes were lost.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>, <c>what-if.nothing</c>.</exception>
    public static WhatIfAnswer Lost(ClusterView view, Observations seen, IReadOnlyList<string> names)
    {
        if (names.Count == 0) throw new HoldfastException(ErrorKind.Invalid, "what-if.nothing", "No node is named.", "Name those that would be lost: holdfast what-if --down b,c");
        var outcome = WhatIf.NodesLost(view, seen, [.. names.Select(name => new NodeName(name)).Distinct()]);
        var moved = outcome.Moved.Where(role => outcome.Placements[role] is { IsFree: false, Owner: not null }).ToHashSet();
        return new WhatIfAnswer(
            names, StoreWord(outcome.Quorum), outcome.Quorum.ToString(),
            [.. view.Roles.Values.Select(role => role.Value).Where(IsWanted).Select(role => Describe(view, outcome, role, moved))]);
    }

    /// <summary>Whether a node can be restarted.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>.</exception>
    public static RebootAnswer Reboot(ClusterView view, Observations seen, NodeName node)
    {
        var outlook = WhatIf.Reboot(view, seen, node);
        List<string> reasons = [];
        if (!outlook.Quorum.Holds) reasons.Add(outlook.Quorum.ToString());
        else if (outlook.Quorum.IsBarely) reasons.Add($"While {node} is away, one more voter lost stops the cluster.");
        reasons.AddRange(outlook.Stay.Values.Select(because => because.Sentence));
        if (outlook.HasNone.Count > 0) reasons.Add($"Nobody could take over {string.Join(", ", outlook.HasNone)} already now.");
        return new RebootAnswer(
            node.Value, outlook.Yes, reasons,
            [
                .. outlook.Moves.Select(move => (move, told: TakeoverForecast.OfMove(view, move.Role, move.To)))
                    .Select(m => new RoleOutlook(m.move.Role.Value, node.Value, m.move.To.Value, "moves", m.told.Expected?.TotalMilliseconds, m.told.Basis)),
                .. outlook.Stay.Select(stay => new RoleOutlook(stay.Key.Value, node.Value, null, "waits", null, stay.Value.Sentence)),
            ],
            [.. outlook.LosesRedundancy.Select(role => role.Value)]);
    }

    /// <summary>Every single and double failure.</summary>
    public static IReadOnlyList<FailureOutlook> Failures(ClusterView view, Observations seen) =>
    [
        .. WhatIf.Failures(view, seen).Select(failure => new FailureOutlook(
            [.. failure.Lost.Select(node => node.Value)], StoreWord(failure.Outcome.Quorum),
            [.. failure.Outcome.Moved.Where(role => !failure.Outcome.Waiting.ContainsKey(role)).Select(role => role.Value)],
            [.. failure.Outcome.Waiting.Keys.Select(role => role.Value)],
            [.. failure.Outcome.Waiting.Where(waiting => waiting.Value.Rule == "unconfirmed-end").Select(waiting => waiting.Key.Value)])),
    ];

    private static RoleOutlook Describe(ClusterView view, WhatIfOutcome outcome, RoleSpec role, HashSet<RoleName> moved)
    {
        var from = view.Placements.TryGetValue(role.Name, out var placement) && !placement.Value.IsFree ? placement.Value.Owner : null;
        if (outcome.Waiting.TryGetValue(role.Name, out var because)) return new(role.Name.Value, from?.Value, null, "waits", null, because.Sentence);
        if (!moved.Contains(role.Name)) return new(role.Name.Value, from?.Value, from?.Value, "stays", null, "Its owner is not lost.");
        var to = outcome.Placements[role.Name].Owner!.Value;
        var told = TakeoverForecast.OfLoss(view, role.Name, to).After(LowerTiers(view, moved, role));
        return new(role.Name.Value, from?.Value, to.Value, "moves", told.Expected?.TotalMilliseconds, told.Basis);
    }

    /// <summary>Roles of lower start tiers that move too come online before.</summary>
    private static TimeSpan LowerTiers(ClusterView view, HashSet<RoleName> moved, RoleSpec role) =>
        moved.Where(other => view.Roles.TryGetValue(other, out var spec) && spec.Value.StartTier < role.StartTier).GroupBy(other => view.Roles[other].Value.StartTier)
            .Select(tier => tier.Max(other => view.Statuses.TryGetValue(other, out var status) && status.Value.Takeovers is [var last, ..] ? last.Start : TimeSpan.Zero))
            .Aggregate(TimeSpan.Zero, (sum, tier) => sum + tier);

    private static bool IsWanted(RoleSpec role) => role is { Desired: DesiredState.Online, Deleting: false };

    private static string StoreWord(StoreQuorum quorum) => quorum.Holds ? "ok" : "no-quorum";
}
