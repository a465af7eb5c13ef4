using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Jobs;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.Policies;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Compliance;

/// <summary>Gathers what the compliance report is told from, every few seconds, and keeps the last report.</summary>
internal sealed partial class ComplianceWatch(AgentLink agent, PolicyDesk policies, ClusterFollower follower, RepositoryDatabase repository, TimeProvider time, ILogger<ComplianceWatch> logger)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan SampleInterval = TimeSpan.FromMinutes(5);
    private DateTimeOffset _sampled;

    /// <summary>Gets the last report.</summary>
    public ImmutableArray<ThingCompliance> Things { get; private set; } = [];

    /// <summary>Gets whether there was a report yet: before, that nothing is broken says nothing.</summary>
    public bool HasReported { get; private set; }

    /// <summary>Gets the policies that could not be judged in the last report: not all that they protect is in it.</summary>
    public ImmutableHashSet<string> Unjudged { get; private set; } = [];

    /// <summary>Reports until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                if (follower.Status is { } cluster)
                {
                    Things = await ReportAsync(cluster, cancellationToken);
                    HasReported = true;
                    await SampleAsync(cancellationToken);
                }
            }
            catch (HoldfastException notNow)
            {
                Log.NotReported(logger, notNow.Message);
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task<ImmutableArray<ThingCompliance>> ReportAsync(ClusterStatus cluster, CancellationToken cancellationToken)
    {
        var all = policies.All;
        var unjudged = ImmutableHashSet.CreateBuilder<string>();
        var now = time.GetUtcNow();
        var jobs = all.IsEmpty ? [] : await agent.GetAsync("v1/jobs", ApiJson.Default.IReadOnlyListJobInfo, cancellationToken);
        var things = ImmutableArray.CreateBuilder<ThingCompliance>();
        foreach (var policy in all)
        {
            var compiled = policies.Compile(policy);
            if (!compiled.Problems.IsEmpty)
            {
                // Something that it names is not known now, perhaps because a machine has not told yet: what was said of it last still stands.
                unjudged.Add(policy.Name);
                things.AddRange(Things.Where(thing => thing.Policy == policy.Name));
                continue;
            }

            foreach (var thing in compiled.Things)
            {
                List<VaultCopy> copies = [];
                foreach (var vault in policy.Vaults)
                {
                    PolicyJob? Made(string purpose) => compiled.Jobs.FirstOrDefault(job => job.Purpose == purpose && job.Thing == thing.Key && job.Vault == vault);
                    var copy = await CopyAsync(vault, Made("backup"), jobs, cancellationToken);
                    // What was written since the last backup of a database is in its log, and as safe once that is in the vault.
                    if (Made("log") is { } logs && copy.Snapshots is { } bases && await CopyAsync(vault, logs, jobs, cancellationToken) is { Snapshots: { } more, NextDue: var due })
                        copy = copy with { Snapshots = [.. bases, .. more], NextDue = due ?? copy.NextDue };
                    copies.Add(copy);
                }

                var owner = thing.Role is { } role ? cluster.Roles.FirstOrDefault(known => known.Name == role)?.Owner : thing.Node;
                things.Add(ComplianceReport.Of(new ThingFacts { Policy = policy, Thing = thing, Copies = [.. copies], Node = owner, Proofs = await ProofsAsync(policy, thing, cancellationToken), RoleTakeover = thing.Role is { } takenOver ? Takeover(await WinnerAsync(takenOver, cancellationToken)) : null }, now));
            }
        }

        Unjudged = unjudged.ToImmutable();
        return things.ToImmutable();
    }

    private async Task<VaultCopy> CopyAsync(string vault, PolicyJob? job, IReadOnlyList<JobInfo> jobs, CancellationToken cancellationToken)
    {
        if (job is null || jobs.FirstOrDefault(known => known.Name == job.Name) is not { } info) return new VaultCopy(vault, null, null, [], null, null, false);
        var detail = await agent.GetAsync($"v1/jobs/{job.Name}", ApiJson.Default.JobDetail, cancellationToken);
        var winner = await WinnerAsync(job.Name, cancellationToken);
        var progress = detail.Progress is { Total: > 0 } present ? Math.Clamp((double)present.Done / present.Total.Value, 0, 1) : (double?)null;
        return new VaultCopy(
            vault, job.Name, await SnapshotsAsync(job, detail, cancellationToken), [.. detail.Runs.Select(Describe)], info.Next,
            Takeover(winner), winner is not null, progress, info.State is JobState.Failed or JobState.Missed ? info.Reason : null);
    }

    // From the history while the database answers, else from the runs that the ledger keeps: protection is judged without the database too.
    private async Task<ImmutableArray<TakenSnapshot>?> SnapshotsAsync(PolicyJob job, JobDetail detail, CancellationToken cancellationToken)
    {
        var runs = detail.Runs.Where(run => run is { State: JobState.Completed, Started: not null, Ended: not null }).Select(run => new TakenSnapshot(run.Started!.Value, run.Ended!.Value, Bytes(run.Figures))).ToList();
        try
        {
            var page = await repository.Operations.ListAsync(new OperationsQuery(Job: job.Name, State: "completed") { From = time.GetUtcNow() - ComplianceReport.Looked - TimeSpan.FromDays(1), Limit = ListQuery.MostRows }, cancellationToken);
            runs.AddRange(page.Items.Where(row => row is { Started: not null, Ended: not null }).Select(row => new TakenSnapshot(row.Started!.Value, row.Ended!.Value, Bytes(row.Figures))));
        }
        catch (HoldfastException down) when (down.Code == "repository.down")
        {
        }

        return [.. runs.DistinctBy(run => run.Taken)];
    }

    private async Task<ImmutableArray<MeasuredRestore>> ProofsAsync(Policy policy, ProtectedThing thing, CancellationToken cancellationToken)
    {
        try
        {
            var page = await repository.Operations.ListAsync(new OperationsQuery(Kind: "proof", Policy: policy.Name, Thing: thing.Key) { Limit = 50 }, cancellationToken);
            return [.. page.Items.Where(row => row is { Started: not null, Ended: not null, State: "completed" or "failed" })
                .Select(row => new MeasuredRestore(row.Ended!.Value, row.State == "completed", Bytes(row.Figures) ?? 0, Took(row)))];
        }
        catch (HoldfastException down) when (down.Code == "repository.down")
        {
            return [];
        }
    }

    // Who would take a role over; null when nobody would, or there is no such role any more.
    private async Task<Standby?> WinnerAsync(string role, CancellationToken cancellationToken)
    {
        try
        {
            var standbys = await agent.GetAsync($"v1/roles/{role}/standby", ApiJson.Default.IReadOnlyListStandby, cancellationToken);
            return standbys.FirstOrDefault(standby => standby.WouldWin);
        }
        catch (HoldfastException gone) when (gone.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }

    private static TimeSpan? Takeover(Standby? winner) => winner?.ExpectedTakeoverMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _sampled < SampleInterval || !repository.State.IsUp) return;
        _sampled = now;
        await repository.Samples.AddAsync([.. Things.Where(thing => thing.AgeSeconds is not null).Select(thing => new Sample(Chart.Rpo, thing.Key, now, thing.AgeSeconds!.Value))], cancellationToken);
    }

    private static long? Bytes(IReadOnlyDictionary<string, long> figures) => figures.TryGetValue("bytes", out var bytes) ? bytes : null;

    // Without the wait for the vault's lock, which the worker does not count.
    private static TimeSpan Took(OperationRow row) => row.Figures.TryGetValue("milliseconds", out var worked) ? TimeSpan.FromMilliseconds(worked) : row.Ended!.Value - row.Started!.Value;

    private static JobRun Describe(RunInfo run) => new() { Id = run.Id, Due = run.Due, State = run.State, Reason = run.Reason, Started = run.Started, Ended = run.Ended };

    private static partial class Log // Event ids 6200-6299: compliance.
    {
        [LoggerMessage(6200, LogLevel.Warning, "Compliance could not be judged now: {Reason}")]
        public static partial void NotReported(ILogger logger, string reason);
    }
}
