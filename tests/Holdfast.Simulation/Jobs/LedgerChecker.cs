using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Jobs;
using Holdfast.Simulation.Engine;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Simulation.Jobs;

/// <summary>Looks at every commit of a ledger: one row a run, one run at a time, nothing that was settled is taken back, and no attempt after a newer one.</summary>
internal sealed class LedgerChecker(SimulationRun simulation)
{
    private readonly Dictionary<string, (JobLedger First, JobLedger Last)> _ledgers = [];

    /// <summary>Something was committed.</summary>
    public void Committed(StoreTransaction transaction)
    {
        foreach (var (key, value) in transaction.Writes)
        {
            if (value is not { } record || !key.StartsWith(RegistryKeys.Ledgers, StringComparison.Ordinal)) continue;
            var next = RegistryJson.Decode(record, RegistryJson.Default.JobLedger);
            if (_ledgers.TryGetValue(key, out var known)) Compare(known.Last, next);
            _ledgers[key] = (_ledgers.TryGetValue(key, out known) ? known.First : next, next);
        }
    }

    /// <summary>After everything: each time that was due has its one row, and each run that is completed its one effect.</summary>
    /// <param name="late">Whether there may also be effects that came too late to count: each must be known as such.</param>
    public void Check(JobSpec job, SimulatedVault vault, bool late)
    {
        var (first, last) = _ledgers[RegistryKeys.Ledger(job.Name)];
        List<string> due = [];
        for (var next = job.NextDue(first.Handled, null, CalendarBook.Empty); next <= last.Handled; next = job.NextDue(next.Value, null, CalendarBook.Empty)) due.Add(JobRun.IdOf(next.Value));
        var rows = last.Runs.Select(run => run.Id).ToList();
        if (!due.SequenceEqual(rows.Order(StringComparer.Ordinal))) simulation.Fail($"{job.Name}: due were {string.Join(' ', due)}, and there are rows for {string.Join(' ', rows.Order(StringComparer.Ordinal))}.");
        foreach (var run in last.Runs)
        {
            var effects = late ? [.. vault.Of(job.Name.Value, run.Id).Except(run.Superseded.Where(name => name != run.Snapshot))] : vault.Of(job.Name.Value, run.Id);
            var wanted = run.State == JobState.Completed ? 1 : 0;
            if (effects.Count != wanted || (wanted == 1 && effects[0] != run.Snapshot))
                simulation.Fail($"Run {run.Id} of {job.Name} is {run.State} ({run.Reason}) with {run.Snapshot ?? "nothing"}, and had the effects [{string.Join(", ", effects)}].");
        }

        if (vault.RunsOf(job.Name.Value).Except(rows).FirstOrDefault() is { } unknown) simulation.Fail($"{job.Name}: run {unknown} had an effect and has no row.");
    }

    private void Compare(JobLedger before, JobLedger next)
    {
        if (next.Runs.Select(run => run.Id).Distinct().Count() != next.Runs.Length) simulation.Fail($"{next.Job} has two rows of one run.");
        if (next.Runs.Count(run => run.IsOpen) > 1) simulation.Fail($"{next.Job} has two open runs.");
        if (next.Handled < before.Handled) simulation.Fail($"What was settled of {next.Job} went back from {before.Handled:O} to {next.Handled:O}.");
        foreach (var row in before.Runs)
        {
            var now = next.Find(row.Id);
            if (now is null && next.Runs.Length < JobLedger.RowsKept) simulation.Fail($"Run {row.Id} of {next.Job} is gone.");
            if (now is null) continue;
            if (!row.IsOpen && now with { Figures = row.Figures, Superseded = row.Superseded } != row) simulation.Fail($"Run {row.Id} of {next.Job} was over, and changed from {row} to {now}.");
            if (row.Attempt is { } was && now.Attempt is { } attempt && attempt.Epoch < was.Epoch) simulation.Fail($"Run {row.Id} of {next.Job} went from epoch {was.Epoch} back to {attempt.Epoch}.");
        }
    }
}
