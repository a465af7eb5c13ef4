using Holdfast.Cluster.Nodes;

namespace Holdfast.Cluster.Planning.Rules;

/// <summary>
/// Counts how often a node is lost, and puts one that comes and goes into quarantine. Not counted is what was not the node's doing: an orderly
/// shutdown, many nodes at once, which is the store or the network, and a client machine, which comes and goes.
/// </summary>
internal static class QuarantineRule
{
    public static void Apply(PlanDraft draft)
    {
        var lost = draft.Judgement.All.Where(standing => standing is { Standing: LeaseStanding.Silent, Record: not { Kind: NodeKind.Client } }).ToList();
        var members = draft.Judgement.All.Count(standing => standing.Record is { Intent: not NodeIntent.Evicted, Kind: not NodeKind.Client });
        foreach (var standing in lost.Count * 2 < members ? lost : [])
        {
            if (standing is { Record: { Intent: not NodeIntent.Evicted, ShuttingDown: false } record }) Count(draft, record, draft.Judgement.RevisionOf(record.Name));
        }

        foreach (var standing in draft.Judgement.All)
        {
            if (standing is { Record: { Quarantine: { } quarantine } record, Standing: not LeaseStanding.Silent }) End(draft, record, quarantine, draft.Judgement.RevisionOf(record.Name));
        }
    }

    private static void Count(PlanDraft draft, NodeRecord record, long revision)
    {
        var policy = draft.Settings.Quarantine;
        var recent = record.Losses.Where(at => (draft.Wall - at).Duration() < policy.Losses.Period).Append(draft.Wall).ToList();
        foreach (var at in recent) draft.LookAgainIn(at + policy.Losses.Period - draft.Wall);
        if (recent.Count <= policy.Losses.Count)
        {
            draft.Add(new PlanStep.UpdateNode(record with { Losses = [.. recent] }, revision, Because.Of("node-loss", $"{record.Name} was lost.")));
            return;
        }

        var reason = $"was lost {CandidateRanking.Times(recent.Count)} within {policy.Losses.Period.Spoken()}, {policy.Losses.Count} allowed";
        var until = draft.Wall + policy.Time;
        draft.Add(new PlanStep.UpdateNode(record with { Losses = [.. recent], Quarantine = new(draft.Wall, until, reason) }, revision,
            Because.Of("quarantine-begun", $"Node {record.Name} is in quarantine until {MaintenanceMode.Instant(until)}, because it {reason}: it is given roles only when no other node can take them. To end that: holdfast node resume {record.Name}")));
    }

    private static void End(PlanDraft draft, NodeRecord record, Quarantine quarantine, long revision)
    {
        if (draft.Wall < quarantine.Until) draft.LookAgainIn(quarantine.Until - draft.Wall);
        else draft.Add(new PlanStep.UpdateNode(record with { Quarantine = null }, revision, Because.Of("quarantine-ended", $"Node {record.Name} is out of quarantine and may be given roles again.")));
    }
}
