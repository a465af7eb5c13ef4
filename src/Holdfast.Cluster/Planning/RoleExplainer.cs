using System.Collections.Immutable;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>Puts the planner's own answers about one role into words.</summary>
internal static class RoleExplainer
{
    public static RoleExplanation Explain(ClusterView view, Observations seen, RoleName name)
    {
        var role = RoleRequests.Require(view, name);
        if (role is { IsInstance: false, Spec.Mode: RoleMode.Everywhere }) return Everywhere(view, seen, role);
        var plan = Planner.Plan(view, seen);
        var candidates = Planner.Candidates(view, seen, name);
        var fate = LeaseJudgement.Of(view, seen).FateOfOwner(role.Placement.Value);
        return new(
            name,
            Summary(role, fate),
            role.Placement.Value,
            role.Status,
            role.Placement.Value.History.FirstOrDefault()?.Because,
            plan.Waiting.GetValueOrDefault(name),
            plan.Steps.FirstOrDefault(step => RoleOf(step) == name)?.Because,
            candidates,
            [.. Maintained(view, seen, role), .. Unwell(view, seen, role, fate), .. WouldChange(role, fate, candidates, seen.Wall)]);
    }

    /// <summary>A role that runs everywhere is where its instances are; each of them can be explained by its own name.</summary>
    private static RoleExplanation Everywhere(ClusterView view, Observations seen, RoleState role)
    {
        var instances = view.Instances(role.Spec).Select(instance => Explain(view, seen, instance.Name)).ToList();
        var online = instances.Count(instance => instance is { Placement.Phase: PlacementPhase.Assigned, Status.State: OnlineState.Online });
        return new(
            role.Name,
            $"{role.Name} runs on every node that may own it: it is online on {online} of {instances.Count}.",
            role.Placement.Value,
            Status: null,
            WhyHere: null,
            instances.Select(instance => instance.Waiting).FirstOrDefault(waiting => waiting is not null),
            instances.Select(instance => instance.Next).FirstOrDefault(next => next is not null),
            [.. instances.SelectMany(instance => instance.Candidates.Where(candidate => candidate.Node == instance.Role.Node))
                .OrderByDescending(candidate => candidate.Eligible).ThenBy(candidate => candidate.Node).Select((candidate, index) => candidate with { Rank = candidate.Eligible ? index + 1 : 0 })],
            [.. instances.Select(instance => instance.Summary), .. Maintained(view, seen, role)]);
    }

    private static RoleName? RoleOf(PlanStep step) => step switch
    {
        PlanStep.Place place => place.Next.Role,
        PlanStep.RemoveRole remove => remove.Role,
        _ => null,
    };

    private static IEnumerable<string> Unwell(ClusterView view, Observations seen, RoleState role, OwnerFate? fate)
    {
        if (fate is null && role.Placement.Value is { Phase: PlacementPhase.Assigned, Owner: { } owner } && LeaseJudgement.Of(view, seen)[owner].Problem is { } problem)
            yield return $"{owner} {problem}: it moves as soon as a node that is well can take it.";
    }

    /// <summary>What holds the planner back, and what it would do otherwise.</summary>
    private static IEnumerable<string> Maintained(ClusterView view, Observations seen, RoleState role)
    {
        if (MaintenanceMode.Of(view, role.Spec, seen.Wall) is not { } mode) yield break;

        yield return $"It {mode.Phrase}: until then it is observed, and nothing is done about it. '{mode.HowToEnd(role.Spec)}' ends that.";
        var acting = view with
        {
            Settings = view.Settings! with { Maintenance = null },
            Roles = view.Roles.SetItem(role.Name.Role, new(view.Roles[role.Name.Role].Value with { Maintenance = null }, role.SpecRevision)),
        };
        if (Planner.Plan(acting, seen).Steps.OfType<PlanStep.Place>().FirstOrDefault(step => step.Next.Role == role.Name) is { } step)
            yield return $"When the maintenance ends: {step.Because.Sentence}";
    }

    private static string Summary(RoleState role, OwnerFate? fate) => role.Placement.Value switch
    {
        { Phase: PlacementPhase.Failed } => $"{role.Name} failed too often and is left alone.",
        { Phase: PlacementPhase.Released } => role.IsWantedOnline ? $"{role.Name} has no owner." : $"{role.Name} is offline, as it shall be.",
        var placement when fate is not null => $"{role.Name} belongs to {placement.Owner}, whose lease ended (epoch {placement.Epoch}).",
        { Phase: PlacementPhase.Releasing } placement =>
            placement.Target is { } target ? $"{role.Name} is leaving {placement.Owner} for {target}." : $"{role.Name} is being taken offline on {placement.Owner}.",
        var placement => $"{role.Name} is {(role.Status?.State ?? OnlineState.Starting).ToString().ToLowerInvariant()} on {placement.Owner} since epoch {placement.Epoch}.",
    };

    private static IEnumerable<string> WouldChange(RoleState role, OwnerFate? fate, ImmutableArray<Candidate> candidates, DateTimeOffset wall)
    {
        var placement = role.Placement.Value;
        if (placement is { Phase: PlacementPhase.Failed, QuarantinedUntil: { } until }) yield return $"It is in quarantine and tried again by itself at {MaintenanceMode.Instant(until)}.";
        if (placement.Phase == PlacementPhase.Failed) yield return $"'holdfast role start {role.Name}' forgets its failures and starts it on the best candidate.";
        else if (!role.IsWantedOnline) yield return $"'holdfast role start {role.Name}' brings it online on the best candidate.";
        if (placement is not { Phase: PlacementPhase.Assigned, Owner: { } owner } || fate is not null || !role.IsWantedOnline) yield break;

        var next = candidates.FirstOrDefault(c => c.Eligible && c.Node != owner);
        yield return next is null
            ? $"If {owner} is lost, nobody can take it now."
            : role.Spec.NeedsConfirmedEnd
                ? $"If {owner} is lost, {next.Node} takes it once the end of {owner} is confirmed."
                : $"If {owner} is lost, {next.Node} takes it.";
        yield return Failures(role, wall);
        foreach (var sentence in Failback(role, owner)) yield return sentence;
    }

    private static string Failures(RoleState role, DateTimeOffset wall)
    {
        var left = role.Spec.Failovers.Count - FailureBudget.Recent(role.Spec, role.Placement.Value, wall).Length;
        return left > 0
            ? $"If it fails here, it moves; {SpokenTime.Count(left, "more failure")} within {role.Spec.Failovers.Period.Spoken()} {(left == 1 ? "is" : "are")} allowed."
            : "If it fails here, it is left failed: its failover budget is used up.";
    }

    private static IEnumerable<string> Failback(RoleState role, NodeName owner)
    {
        var better = role.Spec.PreferredOwners.Take(CandidateRanking.PreferenceOf(role.Spec, owner)).ToList();
        if (better.Count == 0) yield break;

        var names = string.Join(" or ", better);
        yield return role.Spec.Failback switch
        {
            _ when role.Placement.Value.Kind == ChangeKind.PlannedMove => $"It was moved here by hand, so it does not go back to {names} by itself.",
            { Policy: FailbackPolicy.AtOnce } => $"It goes back to {names} as soon as that node can take it.",
            { Policy: FailbackPolicy.WhenIdle } => $"It goes back to {names} as soon as that node can take it and nobody uses the role{(role.Status is { Idle: true } ? ", which is so now" : "")}.",
            { Policy: FailbackPolicy.Ask } => $"It goes back to {names} when somebody says so: holdfast role failback {role.Name}",
            { Policy: FailbackPolicy.Window, From: { } from, To: { } to } => $"It goes back to {names} between {from:HH\\:mm} and {to:HH\\:mm} UTC.",
            _ => $"It does not go back to {names} by itself: failback is never.",
        };
    }
}
