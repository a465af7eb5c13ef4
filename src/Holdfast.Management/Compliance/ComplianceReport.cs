using System.Collections.Immutable;
using Holdfast.Cluster.Jobs;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Compliance;

/// <summary>Tells how protected things stand: pure. When a policy has several vaults, the one that is worst counts: the second copy is for when the first is lost.</summary>
public static class ComplianceReport
{
    /// <summary>What the worst age is looked for in.</summary>
    public static readonly TimeSpan Looked = TimeSpan.FromDays(30);

    // Nodes keep their clocks together far better; beyond it an age means nothing.
    private static readonly TimeSpan ClockSlack = TimeSpan.FromMinutes(5);

    /// <summary>Tells how one thing stands.</summary>
    public static ThingCompliance Of(ThingFacts facts, DateTimeOffset now)
    {
        var copies = facts.Copies.Select(copy => Judge(facts, copy, now)).ToList();
        var worst = copies.OrderByDescending(copy => copy.State switch { ComplianceState.Broken => 2, ComplianceState.Unknown => 1, _ => 0 }).ThenByDescending(copy => copy.Age ?? TimeSpan.MaxValue).FirstOrDefault()
            ?? new Copy(ComplianceState.Unknown, null, null, null, null, "No vault is named.", "Give the policy a vault.");
        var proof = facts.Proofs.Where(proof => proof.Proven).OrderByDescending(proof => proof.At).Select(proof => (MeasuredRestore?)proof).FirstOrDefault();
        var proofState = ProofStateOf(facts, proof, now);
        var rto = RtoOf(facts);
        var rtoState = facts.Policy.Rto is not { } wanted || rto is not { } expected ? ComplianceState.Unknown : expected <= wanted ? ComplianceState.Met : ComplianceState.Broken;
        var sentence = worst.Sentence
            + (rtoState == ComplianceState.Broken ? $" To have it back would take about {Words.Span(rto!.Value)}; the RTO is {Words.Span(facts.Policy.Rto!.Value)}." : "")
            + (proofState == ComplianceState.Broken ? proof is { } last ? $" The last proof of restore is {Words.Span(now - last.At)} old; {Words.Span(facts.Policy.Verification.MaxAge!.Value)} are allowed." : " No restore of it was ever proved." : "");
        return new ThingCompliance
        {
            Name = facts.Thing.Name, Kind = facts.Thing.Kind, Node = facts.Node ?? facts.Thing.Node, Policy = facts.Policy.Name, Key = facts.Thing.Key, State = worst.State, RtoState = rtoState, ProofState = proofState,
            RpoSeconds = facts.Policy.Rpo?.TotalSeconds, AgeSeconds = Seconds(copies.Any(copy => copy.Age is null) ? null : copies.Max(copy => copy.Age)),
            Worst30dSeconds = Seconds(copies.Max(copy => copy.Worst)), PredictedSeconds = Seconds(copies.Any(copy => copy.Predicted is null) ? null : copies.Max(copy => copy.Predicted)), RtoSeconds = Seconds(rto),
            LastSnapshot = copies.Max(copy => copy.Newest), LastProof = proof?.At, Sentence = sentence,
            Hint = worst.Hint ?? (rtoState == ComplianceState.Broken ? "Restore from a faster vault, or protect it in smaller parts." : proofState == ComplianceState.Broken ? "Look at the proof job: 'holdfast job list'; then run it." : null),
        };
    }

    private static Copy Judge(ThingFacts facts, VaultCopy copy, DateTimeOffset now)
    {
        var (rpo, where) = (facts.Policy.Rpo, $" in vault {copy.Vault}");
        var run = copy.Job is null ? null : $"See 'holdfast job show {copy.Job}'; to back up now: 'holdfast job run {copy.Job}'.";
        if (facts.Policy.Suspended) return new(ComplianceState.Unknown, null, null, null, null, $"Policy {facts.Policy.Name} is suspended: nothing is backed up.", "Resume the policy.");
        if (copy.Job is null) return new(ComplianceState.Broken, null, null, null, null, $"No job backs it up to vault {copy.Vault}.", $"Apply policy {facts.Policy.Name} again.");
        if (copy.Snapshots is not { } snapshots) return new(ComplianceState.Unknown, null, null, null, null, $"Nobody could ask for its snapshots{where}.", "See whether the vault and the repository database answer.");
        if (snapshots.Any(snapshot => snapshot.Taken > now + ClockSlack)) return new(ComplianceState.Unknown, null, null, null, null, $"A snapshot{where} is of {Words.Time(snapshots.Max(snapshot => snapshot.Taken))}, which is not yet: a clock is wrong.", "Set the clocks of the nodes: 'holdfast doctor'.");

        var age = Exposure.At(snapshots, now);
        if (age is not { } old)
        {
            // Who does not know since when goes by whether it ever should have run.
            var isNew = rpo is not { } first || (facts.Since is { } since ? now - since <= first : copy.Runs.All(run => run.IsOpen || run.State == JobState.Skipped) && (copy.NextDue is null || now - copy.NextDue <= first));
            return new(isNew ? ComplianceState.Unknown : ComplianceState.Broken, null, null, null, null, $"It has no snapshot{where} yet{Working(copy, now)}.", run);
        }

        var newest = snapshots.Where(snapshot => snapshot.Completed <= now).Max(snapshot => snapshot.Taken);
        var (predicted, unknown) = Prediction.OfLoss(copy, old, now);
        var ahead = predicted is { } most ? $" If its node died now, {Words.Span(most)} until the next." : $" What if its node died cannot be told: {unknown}.";
        var state = rpo is not { } allowed ? ComplianceState.Unknown : old <= allowed ? ComplianceState.Met : ComplianceState.Broken;
        var sentence = rpo is { } asked
            ? state == ComplianceState.Met ? $"Its newest snapshot{where} is {Words.Span(old)} old; {Words.Span(asked)} are allowed.{ahead}" : $"Its newest snapshot{where} is {Words.Span(old)} old, and only {Words.Span(asked)} are allowed{Working(copy, now)}."
            : $"Its newest snapshot{where} is {Words.Span(old)} old; no RPO is asked for.";
        var hint = state == ComplianceState.Broken ? run : state == ComplianceState.Met && predicted > rpo ? "A lost node would break the RPO: back up more often, or let more nodes take the job over." : null;
        return new(state, old, Exposure.Worst(snapshots, now - Looked, now), predicted, newest, sentence, hint);
    }

    private static ComplianceState ProofStateOf(ThingFacts facts, MeasuredRestore? proof, DateTimeOffset now)
    {
        if (facts.Policy.Verification.MaxAge is not { } allowed) return ComplianceState.Unknown;
        if (proof is { } last) return now - last.At <= allowed ? ComplianceState.Met : ComplianceState.Broken;
        return facts.Since is { } since && now - since > allowed ? ComplianceState.Broken : ComplianceState.Unknown;
    }

    /// <summary>The restore of all of it, after the takeover of its role when it has one.</summary>
    private static TimeSpan? RtoOf(ThingFacts facts)
    {
        var bytes = facts.Copies.SelectMany(copy => copy.Snapshots ?? []).Where(snapshot => snapshot.Bytes is not null).OrderByDescending(snapshot => snapshot.Taken).Select(snapshot => snapshot.Bytes).FirstOrDefault();
        return bytes is { } all && Prediction.OfRestore(facts.Proofs, all) is { } restore ? restore + (facts.RoleTakeover ?? TimeSpan.Zero) : null;
    }

    private static string Working(VaultCopy copy, DateTimeOffset now)
    {
        if (copy.Runs.FirstOrDefault() is { IsOpen: true } open) return $"; a run is at work{(open.Started is { } begun ? $" since {Words.Span(now - begun)}" : "")}";
        if (copy.Trouble is { } trouble) return $": {trouble.TrimEnd('.')}";
        if (copy.Runs.FirstOrDefault(run => run.State is JobState.Completed or JobState.Failed) is { State: JobState.Failed } failed) return $": the last run failed: {failed.Reason.TrimEnd('.')}";
        return copy.NextDue is { } due ? $"; the next run is due at {Words.Time(due)}" : "; no run is due by itself";
    }

    private static double? Seconds(TimeSpan? span) => span is { } given ? Math.Round(given.TotalSeconds, 3) : null;

    private sealed record Copy(ComplianceState State, TimeSpan? Age, TimeSpan? Worst, TimeSpan? Predicted, DateTimeOffset? Newest, string Sentence, string? Hint);
}
