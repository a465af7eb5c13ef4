using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>A job with its ledger, as the agents of its nodes would keep it.</summary>
internal sealed class JobOfTest(string name, ImmutableSortedDictionary<string, PropertyValue> properties)
{
    public const string Run = "20261121T020000Z";
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 2, 0, 0, TimeSpan.Zero);
    private DateTimeOffset _due = Now;

    public JobLedger Ledger { get; private set; } = JobLedger.New(new RoleName(name), Now.AddHours(-1));

    public JobRun Row(string run = Run) => Ledger.Find(run)!;

    /// <summary>An attempt begins on a node, at a new epoch.</summary>
    public (RunAttempt Attempt, WorkerAssignment Assignment) Begin(string node, int epoch, JsonElement? checkpoint = null, string run = Run)
    {
        Commit(Ledger.Begin(run, _due = _due.AddHours(1), new RunAttempt(new Epoch(1, epoch), 0, new NodeName(node), $"{node}{epoch}"), Now, "it is due"));
        var row = Row(run);
        return (row.Attempt!, new WorkerAssignment
        {
            Job = name, Run = run, Due = row.Due, Attempt = row.Attempt!.Number, Epoch = row.Attempt.Epoch.ToString(), Node = node, Claimed = row.Claimed, Checkpoint = checkpoint, Late = [.. Ledger.FindLate()],
            Properties = properties,
        });
    }

    /// <summary>The answer to a claim.</summary>
    public WorkerAnswer Claim(RunAttempt attempt, string snapshot, string run = Run)
    {
        var verdict = Ledger.Claim(run, attempt, snapshot);
        Commit(verdict);
        return new WorkerAnswer(snapshot, verdict is not LedgerVerdict.Refused, (verdict as LedgerVerdict.Refused)?.Reason);
    }

    public void Finish(RunAttempt attempt, WorkerMessage.Result result, string run = Run)
    {
        var verdict = Ledger.Finish(run, attempt, new JobResult { Completed = result.Completed, Reason = result.Reason, Error = result.Error, Snapshot = result.Snapshot, Figures = result.Figures! }, RetryPolicy.Usual, Now);
        Assert.IsType<LedgerVerdict.Changed>(verdict);
        Commit(verdict);
    }

    private void Commit(LedgerVerdict verdict)
    {
        if (verdict is LedgerVerdict.Changed changed) Ledger = changed.Next;
    }
}
