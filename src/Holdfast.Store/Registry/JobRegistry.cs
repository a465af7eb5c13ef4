using System.Collections.Immutable;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Store.Registry;

/// <summary>
/// The ledgers of jobs in the domain's words. Each change is judged by <see cref="LedgerRules"/> on what was just read and committed only if that, and the placement where it
/// matters, is still so. What the rules allow twice may be asked twice: after an unknown outcome the next look tells.
/// </summary>
public sealed class JobRegistry(ClusterRegistry registry)
{
    private const int Attempts = 20;
    private static readonly Task<string?> NothingAgainst = Task.FromResult<string?>(null);

    /// <summary>Takes up a run at the owner's epoch. An owner whose role went on elsewhere is refused, and so is one whose caps, or whose node, are full.</summary>
    /// <param name="caps">The job's concurrency caps.</param>
    /// <param name="nodeJobs">
    /// How many jobs its node is set to run at once, as whoever decided knew it; null for any number. Is it set to another number by now, nothing begins: those that began
    /// before that have no place, and only who decides again sees them.
    /// </param>
    /// <returns>On success the ledger, whose row holds the attempt with its number.</returns>
    public Task<JobOutcome> BeginAsync(RoleName job, JobOwner owner, string run, DateTimeOffset due, string nonce, DateTimeOffset now, string reason, CancellationToken cancellationToken, IReadOnlyDictionary<string, int>? caps = null, int? nodeJobs = null) =>
        ChangeAsync(job, owner, now, ledger => ledger.Begin(run, due, new RunAttempt(owner.Epoch, 0, owner.Node, nonce), now, reason),
            async (conditions, writes) => await TakePlaceOnNodeAsync(new CapPlace(job, run, nonce), owner.Node, nodeJobs, conditions, writes, cancellationToken)
                ?? await TakePlacesAsync(new CapPlace(job, run, nonce), owner, caps ?? ImmutableDictionary<string, int>.Empty, conditions, writes, cancellationToken), cancellationToken);

    /// <summary>Records that a run is due and waits for its turn.</summary>
    public Task<JobOutcome> AwaitAsync(RoleName job, JobOwner owner, JobDecision.Await run, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeAsync(job, owner, now, ledger => ledger.Await(run.Run, run.Due, run.Reason), null, cancellationToken);

    /// <summary>Claims the one snapshot that an attempt may write; to be recorded <em>before</em> it is written. A late attempt, or one of an owner whose role went on, is refused.</summary>
    public Task<JobOutcome> ClaimAsync(RoleName job, JobOwner owner, string run, RunAttempt attempt, string snapshot, DateTimeOffset now, CancellationToken cancellationToken) =>
        ChangeAsync(job, owner, now, ledger => ledger.Claim(run, attempt, snapshot), null, cancellationToken);

    /// <summary>Remembers how far an attempt is.</summary>
    public Task<JobOutcome> CheckpointAsync(RoleName job, JobOwner owner, JobCheckpoint checkpoint, CancellationToken cancellationToken) =>
        ChangeAsync(job, owner, checkpoint.At, ledger => ledger.Find(checkpoint.Run) is { IsOpen: true } row && row.Attempt == checkpoint.Attempt ? new LedgerVerdict.Already()
            : new LedgerVerdict.Refused($"Run {checkpoint.Run} went on without attempt {checkpoint.Attempt.Number}."),
            (_, writes) =>
            {
                writes.Add(new(RegistryKeys.Checkpoint(job), RegistryJson.Encode(checkpoint, RegistryJson.Default.JobCheckpoint)));
                return NothingAgainst;
            }, cancellationToken);

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

    /// <summary>Remembers in which trace a run is; that it may be lost costs a trace and nothing else.</summary>
    public Task KeepTraceAsync(RoleName job, RunTrace trace, CancellationToken cancellationToken) =>
        registry.Store.CommitAsync(new([], [new(RegistryKeys.Trace(job), RegistryJson.Encode(trace, RegistryJson.Default.RunTrace))]), cancellationToken);

    /// <summary>In which trace a run is; null when nobody said.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    public async Task<string?> FindTraceAsync(RoleName job, string run, CancellationToken cancellationToken) =>
        await registry.FindAsync(RegistryKeys.Trace(job), RegistryJson.Default.RunTrace, cancellationToken) is { Value: { } trace } && trace.Run == run ? trace.Parent : null;

    /// <summary>Takes a place within each cap, or says why there is none. Each begin changes the cap's record, so that whoever counts at the same time is refused and counts again.</summary>
    private async Task<string?> TakePlacesAsync(CapPlace own, JobOwner owner, IReadOnlyDictionary<string, int> caps, List<StoreCondition> conditions, List<StoreWrite> writes, CancellationToken cancellationToken)
    {
        foreach (var (group, most) in caps)
        {
            var key = RegistryKeys.Cap(group, group == CapUse.Node ? owner.Node : null);
            if (await TakePlaceAsync(own, key, new CapUse(group, most, []), conditions, writes, cancellationToken) is { } full) return full;
        }

        return null;
    }

    private async Task<string?> TakePlaceOnNodeAsync(CapPlace own, NodeName node, int? most, List<StoreCondition> conditions, List<StoreWrite> writes, CancellationToken cancellationToken)
    {
        var record = await registry.FindAsync(RegistryKeys.Node(node), RegistryJson.Default.NodeRecord, cancellationToken);
        if (record?.Value.Settings?.Jobs != most) return $"The settings of {node} were changed at this moment.";
        conditions.Add(new(RegistryKeys.Node(node), record?.Revision ?? 0));
        return most is { } set ? await TakePlaceAsync(own, RegistryKeys.JobsOf(node), new CapUse(CapUse.Node, set, [], node), conditions, writes, cancellationToken) : null;
    }

    private async Task<string?> TakePlaceAsync(CapPlace own, string key, CapUse cap, List<StoreCondition> conditions, List<StoreWrite> writes, CancellationToken cancellationToken)
    {
        var known = await registry.FindAsync(key, RegistryJson.Default.CapRecord, cancellationToken);
        var others = (known?.Value ?? CapRecord.Empty).Places.Where(place => place.Job != own.Job).ToList();
        if (others.Count >= cap.Most)
        {
            List<CapPlace> working = [];
            foreach (var place in others)
            {
                if (await IsAtWorkAsync(place, cancellationToken)) working.Add(place);
            }

            others = working;
        }

        if (others.Count >= cap.Most) return (cap with { Others = [.. others.Select(place => place.Job)] }).Sentence;
        conditions.Add(new(key, known?.Revision ?? 0));
        writes.Add(new(key, RegistryJson.Encode(new CapRecord([.. others, own]), RegistryJson.Default.CapRecord)));
        return null;
    }

    /// <summary>Whether somebody may be at work on a place. One that is not cannot be again without a begin of its own, which changes the cap's record.</summary>
    private async Task<bool> IsAtWorkAsync(CapPlace place, CancellationToken cancellationToken)
    {
        var ledger = await registry.FindAsync(RegistryKeys.Ledger(place.Job), RegistryJson.Default.JobLedger, cancellationToken);
        if (ledger?.Value.Find(place.Run) is not { State: JobState.Running, Attempt: { } attempt } || attempt.Nonce != place.Nonce) return false;
        var placement = await registry.FindAsync(RegistryKeys.Placement(place.Job), RegistryJson.Default.Placement, cancellationToken);
        return placement is { Value: { IsFree: false } placed } && placed.Epoch == attempt.Epoch;
    }

    private async Task<JobOutcome> ChangeAsync(
        RoleName job, JobOwner? owner, DateTimeOffset now, Func<JobLedger, LedgerVerdict> change, Func<List<StoreCondition>, List<StoreWrite>, Task<string?>>? with, CancellationToken cancellationToken)
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
                List<StoreWrite> writes = [];
                if (verdict is LedgerVerdict.Changed changed)
                {
                    ledger = changed.Next;
                    writes.Add(new(RegistryKeys.Ledger(job), RegistryJson.Encode(ledger, RegistryJson.Default.JobLedger)));
                }

                if (with is not null && await with(conditions, writes) is { } against) return new JobOutcome.Refused(against);
                if (writes.Count == 0) return new JobOutcome.Recorded(ledger);
                switch (await registry.Store.CommitAsync(new([.. conditions], [.. writes]), cancellationToken))
                {
                    case CommitOutcome.Committed: return new JobOutcome.Recorded(ledger);
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
