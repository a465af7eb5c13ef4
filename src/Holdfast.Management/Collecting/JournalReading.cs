using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Collecting;

/// <summary>
/// Reads what a node answered, without asking anybody: which entries are new, what rows they become, where to go on, and what is missing. Numbers that are missing were lost, and
/// history says so; a journal with another id began anew.
/// </summary>
public static class JournalReading
{
    /// <summary>The kind of the event that says that entries are missing.</summary>
    public const string Gap = "history.gap";

    /// <summary>The kind of the event that says that a journal began anew.</summary>
    public const string Anew = "history.journal-anew";

    /// <summary>The kind of the event that says that a journal is shorter than it was.</summary>
    public const string Shorter = "history.journal-shorter";

    /// <summary>Reads a page.</summary>
    /// <param name="node">The node that was asked.</param>
    /// <param name="known">The position of the database; null when it has none of this node.</param>
    /// <param name="originOf">Where a job comes from; null when it was written by hand.</param>
    /// <param name="now">When something that has no time of its own is found.</param>
    public static Collected Read(string node, JournalPosition? known, JournalPage page, Func<string, JobOrigin?> originOf, DateTimeOffset now)
    {
        var runs = ImmutableArray.CreateBuilder<CollectedRun>();
        var owners = ImmutableArray.CreateBuilder<CollectedOwner>();
        var events = ImmutableArray.CreateBuilder<EventRow>();
        var changes = ImmutableArray.CreateBuilder<AuditRow>();
        var at = known?.Journal == page.Last.Journal ? known.Number : 0;
        if (known is not null && known.Journal != page.Last.Journal)
            events.Add(Say(node, now, Anew, $"The journal of node {node} began anew ({page.Last.Journal}): what it recorded after {known} and nobody had collected is lost."));
        if (page.Last.Number < at)
        {
            // Its disk was put back to an earlier time. From there on the same numbers were given again.
            events.Add(Say(node, now, Shorter, $"The journal of node {node} ends at {page.Last}, and {known} was collected: its disk was put back to an earlier time. What it recorded between that and now may be missing here."));
            return new Collected(node, known, page.Last, [], [], events.ToImmutable(), [], IsAll: true);
        }

        foreach (var entry in page.Entries)
        {
            if (entry.Id is not { } id || id.Journal != page.Last.Journal || id.Number <= at) continue;
            if (id.Number > at + 1) events.Add(Lost(node, entry.At, at, id.Number));
            at = id.Number;
            switch (entry.Data)
            {
                case { Change: { } change }:
                    changes.Add(new AuditRow(0, change.At, change.Who, change.From, change.Node, change.What, change.Outcome));
                    continue;
                case { Run: { } run }:
                    runs.Add(ReadRun(run, entry.At, originOf(run.Job)));
                    break;
                case { Owner: { } owner } when TryEpoch(owner.Epoch) is { } epoch:
                    owners.Add(new CollectedOwner(entry.At, epoch, owner));
                    break;
            }

            events.Add(new EventRow(0, entry.At, entry.Node.Length > 0 ? entry.Node : node, entry.Kind, entry.Role, entry.Resource, entry.Epoch, entry.Message, entry.Because));
        }

        if (page.Entries.Count == 0 && page.Last.Number > at)
        {
            events.Add(Lost(node, now, at, page.Last.Number + 1));
            at = page.Last.Number;
        }

        return new Collected(node, known, page.Last with { Number = at }, runs.ToImmutable(), owners.ToImmutable(), events.ToImmutable(), changes.ToImmutable(), at >= page.Last.Number);
    }

    private static EventRow Lost(string node, DateTimeOffset at, long before, long next) =>
        Say(node, at, Gap, next - before == 2 ? $"1 entry of node {node} was lost, number {next - 1}: its journal does not have it any more."
            : string.Create(CultureInfo.InvariantCulture, $"{next - before - 1} entries of node {node} were lost, numbers {before + 1} to {next - 1}: its journal does not have them any more."));

    private static EventRow Say(string node, DateTimeOffset at, string kind, string message) => new(0, at, node, kind, null, null, null, message, null);

    private static CollectedRun ReadRun(RunEntry entry, DateTimeOffset at, JobOrigin? origin)
    {
        var (run, subject) = (entry.Run, entry.Subject);
        var figures = run.Figures.ToImmutableSortedDictionary(StringComparer.Ordinal);
        var row = new OperationRow
        {
            Job = entry.Job, Run = run.Id, Kind = subject.Kind, Due = run.Due, Started = run.Started, Ended = run.Ended ?? (IsOver(run.State) ? at : null), State = Word(run.State), Reason = run.Reason, Node = run.Node,
            Attempts = run.Attempts, Resumed = run.Resumed, Retried = run.Retried, Snapshot = run.Snapshot, Vault = subject.Vault, Figures = figures, Policy = origin?.Policy, Thing = origin?.Thing,
        };
        return new CollectedRun(
            row, SnapshotOf(row, subject, figures), subject.Vault is null ? null : entry.Proved,
            entry.Proved is not null && row.Ended is { } proved ? new SnapshotProof(row.State, proved) : null, row.State == "completed" ? [.. SamplesOf(row, figures)] : []);
    }

    private static CatalogueEntry? SnapshotOf(OperationRow row, RunSubject subject, ImmutableSortedDictionary<string, long> figures) =>
        row is not { Snapshot: { } snapshot, State: "completed" } || subject.Vault is null ? null : new CatalogueEntry
        {
            Id = snapshot, Taken = figures.TryGetValue("snapshotUnixSeconds", out var seconds) ? DateTimeOffset.FromUnixTimeSeconds(seconds) : row.Started ?? row.Due,
            Host = subject.Host ?? row.Job, Node = row.Node, Paths = [.. subject.Paths], Tags = [.. subject.Tags], SharedVolumes = subject.SharedVolumes is { } attached ? [.. attached] : null, Type = figures.TryGetValue("incremental", out var incremental) ? incremental == 0 ? "full" : "incremental" : null,
            Status = figures.GetValueOrDefault("issues") > 0 ? "partial" : "complete", DeltaBytes = Figure(figures, "bytesAdded"), UsedBytes = Figure(figures, "bytes"),
        };

    private static IEnumerable<Sample> SamplesOf(OperationRow row, ImmutableSortedDictionary<string, long> figures)
    {
        if (row is not { Kind: "backup" or "image" or "database", Ended: { } ended } || Figure(figures, "bytes") is not (> 0 and var bytes)) yield break;
        if (Figure(figures, "milliseconds") is > 0 and var took) yield return new Sample(Chart.Throughput, row.Job, ended, bytes * 1000.0 / took);
        if (Figure(figures, "bytesAdded") is >= 0 and var added) yield return new Sample(Chart.Deduplication, row.Job, ended, bytes / (double)Math.Max(added, 1));
    }

    private static long? Figure(ImmutableSortedDictionary<string, long> figures, string name) => figures.TryGetValue(name, out var value) ? value : null;

    private static bool IsOver(Cluster.Jobs.JobState state) => state is Cluster.Jobs.JobState.Completed or Cluster.Jobs.JobState.Failed or Cluster.Jobs.JobState.Missed or Cluster.Jobs.JobState.Skipped;

    private static string Word(Cluster.Jobs.JobState state) => state.ToString().ToLowerInvariant();

    private static Epoch? TryEpoch(string text)
    {
        try
        {
            return Epoch.Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
