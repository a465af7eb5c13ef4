using Holdfast.Protection.Databases.Postgres;
using Holdfast.Vault.Keeping;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Databases;

/// <summary>
/// Keep rules where databases are among the snapshots: they choose among base backups, and the log follows those. All log that a base which is kept may need stays, without a gap, and no
/// more of it.
/// </summary>
public static class DatabaseForget
{
    /// <summary>As <see cref="ForgetPlanner.ByRules"/>, but for the log of databases.</summary>
    public static ForgetPlan ByRules(IReadOnlyCollection<Snapshot> snapshots, SnapshotFilter filter, SnapshotGrouping grouping, KeepRules rules, DateTimeOffset now, TimeSpan delay)
    {
        var databases = DatabaseCatalog.Of(snapshots);
        var logs = databases.Where(entry => !entry.IsBase).ToDictionary(entry => entry.Snapshot.Id);
        var plan = ForgetPlanner.ByRules([.. snapshots.Where(snapshot => !logs.ContainsKey(snapshot.Id))], filter, grouping, rules, now, delay);
        if (logs.Count == 0) return plan;

        var gone = plan.Forget.Select(snapshot => snapshot.Id).ToHashSet(StringComparer.Ordinal);
        var needed = databases.Where(entry => entry.IsBase && !gone.Contains(entry.Snapshot.Id)).GroupBy(ChainOf).ToDictionary(chain => chain.Key, OldestStart);
        List<ForgetGroup> groups = [.. grouping.Group(logs.Values.Select(entry => entry.Snapshot).Where(filter.Matches)).Select(group => new ForgetGroup(group.Key, [.. group.Snapshots.Select(Decide)]))];
        return plan with
        {
            Groups = [.. plan.Groups, .. groups],
            Forget = [.. plan.Forget, .. groups.SelectMany(group => group.Decisions).Where(decision => !decision.Keep).Select(decision => decision.Snapshot)],
        };

        KeepDecision Decide(Snapshot snapshot)
        {
            if (rules.IsEmpty) return new(snapshot, ["policy is empty"]);
            List<string> reasons = [];
            if (snapshot.IsHeld()) reasons.Add("legal hold");
            reasons.AddRange(rules.Tags.Where(tags => SnapshotFilter.HasAll(snapshot, tags)).Select(tags => $"has tags [{string.Join(", ", tags)}]"));
            if (WhyNeeded(logs[snapshot.Id], needed) is { } why) reasons.Add(why);
            return new(snapshot, reasons);
        }
    }

    private static (string Engine, string Id, string Name) ChainOf(DatabaseSnapshot entry) => (entry.Facts.Engine, entry.Facts.Id, entry.Facts.Name);

    /// <summary>The place in the log from which on some base needs it; null when one of them does not say.</summary>
    private static Lsn? OldestStart(IEnumerable<DatabaseSnapshot> bases)
    {
        Lsn? oldest = null;
        foreach (var entry in bases)
        {
            if (Lsn.TryParse(entry.Facts.Detail("start")) is not { } start) return null;
            if (oldest is null || start < oldest) oldest = start;
        }

        return oldest;
    }

    /// <summary>
    /// Why a log snapshot stays; null when it need not. By places in the log, never by time: clocks of two owners may differ. A timeline that branched off goes on from a place that the
    /// one before it had too, so the oldest start counts for all of them.
    /// </summary>
    private static string? WhyNeeded(DatabaseSnapshot log, Dictionary<(string, string, string), Lsn?> needed)
    {
        if (!needed.TryGetValue(ChainOf(log), out var start)) return "log of a database without a base backup";
        if (start is not { } from || !PostgresLog.TrySegmentBytes(log.Facts, out var length)) return "log whose place is not known";
        var ends = log.Facts.AllDetails("wal").Select(range => WalSegment.TryParse(range[(range.IndexOf('-', StringComparison.Ordinal) + 1)..], length)).ToList();
        if (ends.Count == 0 || ends.Contains(null) || log.Facts.AllDetails("file").Any(file => file.EndsWith(".history", StringComparison.Ordinal))) return "log whose place is not known";
        return ends.Any(last => new Lsn((last!.Value.Number + 1) * (ulong)length) > from) ? "log since a base that is kept" : null;
    }
}
