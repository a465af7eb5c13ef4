using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;

namespace Holdfast.Store.Registry;

/// <summary>
/// The ledgers of jobs in the domain's words. Each change is judged by <see cref="LedgerRules"/> on what was just read and committed only if that, and the placement where it
/// matters, is still so. What the rules allow twice may be asked twice: after an unknown outcome the next look tells.
/// </summary>
public sealed class JobRegistry(ClusterRegistry registry)
{
    private const int Attempts = 20;

    /// <summary>Takes up a run at the owner's epoch. An owner whose role went on elsewhere is refused.</summary>
    /// <returns>On success the ledger, whose row holds the attempt with its number.</returns>
    public Task<JobOutcome> BeginAsync(RoleName job, JobOwner owner, string run, DateTimeOffset due, string nonce, DateTimeOffset now, string reason, CancellationToken cancellationToken) =>
        ChangeAsync(job, owner, now, ledger => ledger.Begin(run, due, new RunAttempt(owner.Epoch, 0, owner.Node, nonce), now, reason), null, cancellationToken);

    /// <summary>Claims the one snapshot that an attempt may write; to be recorded <em>before</em> it is written. A late attempt, or one of an owner whose role went on, is refused.</summary>
    public Task<JobOutcome> ClaimAsync(RoleName job, JobOwner owner, string run, RunAttempt attempt, string snapshot, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeAsync(job, owner, now, ledger => ledger.Claim(run, attempt, snapshot), null, cancellationToken);

    /// <summary>Remembers how far an attempt is.</summary>
    public Task<JobOutcome> CheckpointAsync(RoleName job, JobOwner owner, JobCheckpoint checkpoint, CancellationToken cancellationToken) =>
        ChangeAsync(job, owner, checkpoint.At, ledger => ledger.Find(checkpoint.Run) is { IsOpen: true } row && row.Attempt == checkpoint.Attempt ? new LedgerVerdict.Already()
            : new LedgerVerdict.Refused($"Run {checkpoint.Run} went on without attempt {checkpoint.Attempt.Number}."), checkpoint, cancellationToken);

    /// <summary>
    /// Records how an attempt ended. It needs no placement: it is true whoever owns the job by now, and counts as long as the run did not go on as another attempt. So what
    /// was spooled on a node is delivered after an outage.
    /// </summary>
    public Task<JobOutcome> FinishAsync(RoleName job, string run, RunAttempt attempt, JobResult result, RetryPolicy retries, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeAsync(job, null, now, ledger => ledger.Finish(run, attempt, result, retries, now), null, cancellationToken);

    /// <summary>Records that an attempt was stopped before its end.</summary>
    public Task<JobOutcome> InterruptAsync(RoleName job, string run, RunAttempt attempt, JobState state, string reason, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeAsync(job, null, now, ledger => ledger.Interrupt(run, attempt, state, reason), null, cancellationToken);

    /// <summary>Records runs that nobody works at.</summary>
    public Task<JobOutcome> PassAsync(RoleName job, JobOwner owner, JobDecision.Pass pass, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeAsync(job, owner, now, ledger => ledger.Pass(pass.Rows, pass.Handled), null, cancellationToken);

    /// <summary>Makes the ledger of a job that has none.</summary>
    public Task<JobOutcome> OpenAsync(RoleName job, JobOwner owner, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeAsync(job, owner, now, ledger => new LedgerVerdict.Changed(ledger), null, cancellationToken);

    /// <summary>Records that a cancelled run is over.</summary>
    public Task<JobOutcome> EndCancelledAsync(RoleName job, JobOwner owner, string run, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeAsync(job, owner, now, ledger => ledger.EndCancelled(run, now), null, cancellationToken);

    /// <summary>What people want of a job; any node may record it.</summary>
    public Task<JobOutcome> WantAsync(RoleName job, Func<JobLedger, LedgerVerdict> want, DateTimeOffset now, CancellationToken cancellationToken) => ChangeAsync(job, null, now, want, null, cancellationToken);

    /// <summary>How far the open run of a job was; null when nobody said.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    public async Task<JobCheckpoint?> FindCheckpointAsync(RoleName job, string run, CancellationToken cancellationToken) =>
        await registry.FindAsync(RegistryKeys.Checkpoint(job), RegistryJson.Default.JobCheckpoint, cancellationToken) is { Value: { } checkpoint } && checkpoint.Run == run ? checkpoint : null;

    private async Task<JobOutcome> ChangeAsync(RoleName job, JobOwner? owner, DateTimeOffset now, Func<JobLedger, LedgerVerdict> change, JobCheckpoint? checkpoint, CancellationToken cancellationToken)
    {
        // Ledger and placement are read one after the other. Each condition names the revision that was judged, so a commit proves that both were so at its moment.
        var trouble = "the ledger changes all the time";
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            try
            {
                List<StoreCondition> conditions = [];
                if (owner is not null)
                {
                    var placement = await registry.FindAsync(RegistryKeys.Placement(job), RegistryJson.Default.Placement, cancellationToken);
                    if (placement is not { } placed || placed.Value.IsFree || placed.Value.Owner != owner.Node || placed.Value.OwnerIncarnation != owner.Incarnation || placed.Value.Epoch != owner.Epoch)
                        return new JobOutcome.Refused($"{owner.Node} does not own job {job} at epoch {owner.Epoch} any more.");
                    conditions.Add(new(RegistryKeys.Placement(job), placed.Revision));
                }

                var known = await registry.FindAsync(RegistryKeys.Ledger(job), RegistryJson.Default.JobLedger, cancellationToken);
                var ledger = known?.Value ?? JobLedger.New(job, now);
                conditions.Add(new(RegistryKeys.Ledger(job), known?.Revision ?? 0));
                var verdict = change(ledger);
                if (verdict is LedgerVerdict.Refused refused) return new JobOutcome.Refused(refused.Reason);
                var next = verdict is LedgerVerdict.Changed changed ? changed.Next : ledger;
                if (verdict is LedgerVerdict.Already && checkpoint is null) return new JobOutcome.Recorded(ledger);
                StoreWrite write = checkpoint is null ? new(RegistryKeys.Ledger(job), RegistryJson.Encode(next, RegistryJson.Default.JobLedger)) : new(RegistryKeys.Checkpoint(job), RegistryJson.Encode(checkpoint, RegistryJson.Default.JobCheckpoint));
                switch (await registry.Store.CommitAsync(new([.. conditions], [write]), cancellationToken))
                {
                    case CommitOutcome.Committed: return new JobOutcome.Recorded(next);
                    case CommitOutcome.Unknown unknown: trouble = unknown.Reason; break;
                }
            }
            catch (StoreUnavailableException exception)
            {
                return new JobOutcome.CouldNotAsk(exception.Message);
            }
        }

        return new JobOutcome.CouldNotAsk(trouble);
    }
}
