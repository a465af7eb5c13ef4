using System.Collections.Immutable;

namespace Holdfast.Cluster.Jobs;

/// <summary>
/// What may become of a ledger: pure, and each change may be made again without harm, because whoever makes it cannot always know whether it was made. What an attempt
/// says counts only while it is the one that the row names, so that a worker whose job went on elsewhere is refused.
/// </summary>
public static class LedgerRules
{
    private const int MostFigures = 32;
    private const int LongestReason = 400;

    /// <summary>A worker takes up a run: a new row, or the open one.</summary>
    public static LedgerVerdict Begin(this JobLedger ledger, string id, DateTimeOffset due, RunAttempt attempt, DateTimeOffset now, string reason)
    {
        if (ledger.Find(id) is { } row)
        {
            if (row.Attempt is { } before && before.Nonce == attempt.Nonce) return new LedgerVerdict.Already();
            if (!row.IsOpen) return new LedgerVerdict.Refused($"Run {id} is over: {row.Reason}");
            if (row.Attempt is { } newer && newer.Epoch > attempt.Epoch) return new LedgerVerdict.Refused($"Run {id} went on at epoch {newer.Epoch} on {newer.Node}; this is epoch {attempt.Epoch}.");
            var again = row.NotBefore is not null;
            return Changed(ledger, row with
            {
                State = JobState.Running, Reason = Short(reason), Attempt = attempt with { Number = (row.Attempt?.Number ?? 0) + 1 }, Started = row.Started ?? now, NotBefore = null,
                Resumed = row.Resumed + (again || row.Attempt is null ? 0 : 1),
            });
        }

        if (ledger.Open is { } open) return new LedgerVerdict.Refused($"Run {open.Id} is not over.");
        return Opened(ledger, new JobRun { Id = id, Due = due, State = JobState.Running, Reason = Short(reason), Attempt = attempt with { Number = 1 }, Started = now });
    }

    /// <summary>A run is due and waits for its turn; nobody works at it yet.</summary>
    public static LedgerVerdict Await(this JobLedger ledger, string id, DateTimeOffset due, string reason)
    {
        if (ledger.Find(id) is not null) return new LedgerVerdict.Already();
        return ledger.Open is { } open ? new LedgerVerdict.Refused($"Run {open.Id} is not over.") : Opened(ledger, new JobRun { Id = id, Due = due, State = JobState.Waiting, Reason = Short(reason) });
    }

    /// <summary>An attempt is about to write a snapshot. Whoever was not granted this must not write it.</summary>
    public static LedgerVerdict Claim(this JobLedger ledger, string id, RunAttempt attempt, string snapshot)
    {
        if (WhyNot(ledger, id, attempt, out var row) is { } refusal) return refusal;
        if (ledger.Cancelled == id) return new LedgerVerdict.Refused($"Run {id} is being cancelled.");
        if (row.Claimed == snapshot) return new LedgerVerdict.Already();
        var superseded = row.Claimed is { } before ? [.. row.Superseded.TakeLast(JobRun.SupersededKept - 1), before] : row.Superseded;
        return Changed(ledger, row with { Claimed = snapshot, Superseded = superseded });
    }

    /// <summary>An attempt ended with a result.</summary>
    public static LedgerVerdict Finish(this JobLedger ledger, string id, RunAttempt attempt, JobResult result, RetryPolicy retries, DateTimeOffset now)
    {
        if (ledger.Find(id) is { IsOpen: false } done && done.Attempt == attempt) return new LedgerVerdict.Already();
        if (ledger.Find(id) is { NotBefore: not null } told && told.Attempt == attempt) return new LedgerVerdict.Already(); // It failed, and that is settled.
        if (WhyNot(ledger, id, attempt, out var row) is { } refusal) return refusal;
        if (result.Snapshot is { } snapshot && row.Claimed != snapshot) return new LedgerVerdict.Refused($"Run {id} made snapshot {snapshot}, which it had not claimed.");
        row = row with { Figures = result.Figures.Take(MostFigures).ToImmutableSortedDictionary(StringComparer.Ordinal), Reason = Short(result.Reason) };
        if (result.Completed) return Over(ledger, row with { State = JobState.Completed, Snapshot = result.Snapshot, Ended = now });
        if (retries.After(result.Error ?? ErrorClass.Transient, row.Retried) is { } wait && ledger.Cancelled != id)
            return Changed(ledger, row with { State = JobState.Waiting, Retried = row.Retried + 1, NotBefore = now + wait });
        return Over(ledger, row with { State = JobState.Failed, Ended = now });
    }

    /// <summary>An attempt was stopped before its end; the run goes on later from its checkpoint.</summary>
    /// <param name="state"><see cref="JobState.Paused"/> or <see cref="JobState.Resuming"/>.</param>
    public static LedgerVerdict Interrupt(this JobLedger ledger, string id, RunAttempt attempt, JobState state, string reason)
    {
        if (WhyNot(ledger, id, attempt, out var row) is { } refusal) return refusal;
        return row.State == state && row.Reason == Short(reason) ? new LedgerVerdict.Already() : Changed(ledger, row with { State = state, Reason = Short(reason) });
    }

    /// <summary>Records runs that nobody works at: merged, missed, skipped. What has a row keeps it.</summary>
    /// <param name="handled">Up to when everything that was due is settled with them.</param>
    public static LedgerVerdict Pass(this JobLedger ledger, IEnumerable<JobRun> rows, DateTimeOffset handled)
    {
        var fresh = rows.Where(row => ledger.Find(row.Id) is null && !row.IsOpen).ToList();
        if (fresh.Count == 0 && handled <= ledger.Handled) return new LedgerVerdict.Already();
        // Beneath the open run, which stays on top: it is what everybody looks for.
        var at = ledger.Runs.TakeWhile(run => run.IsOpen).Count();
        return new LedgerVerdict.Changed(Trimmed(ledger with
        {
            Runs = ledger.Runs.InsertRange(at, fresh.OrderByDescending(row => row.Due)), Handled = handled > ledger.Handled ? handled : ledger.Handled,
            Requests = ledger.Requests.RemoveAll(id => fresh.Exists(row => row.Id == id)),
        }));
    }

    /// <summary>The run that was cancelled is over.</summary>
    public static LedgerVerdict EndCancelled(this JobLedger ledger, string id, DateTimeOffset now)
    {
        if (ledger.Find(id) is not { IsOpen: true } row) return ledger.Cancelled == id ? new LedgerVerdict.Changed(ledger with { Cancelled = null }) : new LedgerVerdict.Already();
        return Over(ledger, row with { State = JobState.Skipped, Reason = "it was cancelled", Ended = now });
    }

    /// <summary>Somebody wants a run now.</summary>
    public static LedgerVerdict Ask(this JobLedger ledger, string id) =>
        ledger.Find(id) is not null || ledger.Requests.Contains(id) ? new LedgerVerdict.Already()
        : ledger.Requests.Length >= JobLedger.RequestsKept ? new LedgerVerdict.Refused($"{ledger.Requests.Length} runs of it wait already.")
        : new LedgerVerdict.Changed(ledger with { Requests = ledger.Requests.Add(id) });

    /// <summary>Somebody wants it left alone, or no more.</summary>
    public static LedgerVerdict Keep(this JobLedger ledger, JobHold? hold) =>
        (ledger.Hold is null) == (hold is null) ? new LedgerVerdict.Already() : new LedgerVerdict.Changed(ledger with { Hold = hold });

    /// <summary>Somebody wants the present run ended for good; runs that wait are not begun.</summary>
    public static LedgerVerdict Cancel(this JobLedger ledger) =>
        ledger.Open is { } open ? ledger.Cancelled == open.Id ? new LedgerVerdict.Already() : new LedgerVerdict.Changed(ledger with { Cancelled = open.Id, Requests = [] })
        : ledger.Requests.IsEmpty ? new LedgerVerdict.Refused("Nothing of it runs or waits.") : new LedgerVerdict.Changed(ledger with { Requests = [] });

    private static LedgerVerdict.Refused? WhyNot(JobLedger ledger, string id, RunAttempt attempt, out JobRun row)
    {
        row = ledger.Find(id)!;
        if (row is null) return new($"There is no run {id}.");
        if (row.Attempt != attempt) return new($"Run {id} went on as attempt {row.Attempt?.Number} at epoch {row.Attempt?.Epoch} on {row.Attempt?.Node}; this is attempt {attempt.Number} at epoch {attempt.Epoch}.");
        return row.IsOpen ? null : new($"Run {id} is over: {row.Reason}");
    }

    private static LedgerVerdict.Changed Changed(JobLedger ledger, JobRun row) => new(ledger with { Runs = ledger.Runs.Replace(ledger.Find(row.Id)!, row) });

    private static LedgerVerdict.Changed Opened(JobLedger ledger, JobRun run) =>
        new(Trimmed(ledger with { Runs = ledger.Runs.Insert(0, run), Requests = ledger.Requests.Remove(run.Id), Handled = run.Due > ledger.Handled ? run.Due : ledger.Handled }));

    private static LedgerVerdict.Changed Over(JobLedger ledger, JobRun row) =>
        new(Changed(ledger, row).Next with { Cancelled = ledger.Cancelled == row.Id ? null : ledger.Cancelled });

    private static JobLedger Trimmed(JobLedger ledger) =>
        ledger.Runs.Length <= JobLedger.RowsKept ? ledger : ledger with { Runs = ledger.Runs[..JobLedger.RowsKept] };

    private static string Short(string reason) => reason.Length <= LongestReason ? reason : string.Concat(reason.AsSpan(0, LongestReason), "…");
}
