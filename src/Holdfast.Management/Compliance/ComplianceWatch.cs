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

    /// <summary>Reports until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                Things = await ReportAsync(cancellationToken);
                await SampleAsync(cancellationToken);
            }
            catch (HoldfastException notNow)
            {
                Log.NotReported(logger, notNow.Message);
            }

            await Task.Delay(Interval, time, cancellationToken);
        }
    }

    private async Task<ImmutableArray<ThingCompliance>> ReportAsync(CancellationToken cancellationToken)
    {
        var all = policies.All;
        if (all.IsEmpty || follower.Status is not { } cluster) return [];
        var now = time.GetUtcNow();
        var jobs = await agent.GetAsync("v1/jobs", ApiJson.Default.IReadOnlyListJobInfo, cancellationToken);
        var things = ImmutableArray.CreateBuilder<ThingCompliance>();
        foreach (var policy in all)
        {
            var compiled = policies.Compile(policy);
            foreach (var thing in compiled.Things)
            {
                List<VaultCopy> copies = [];
                foreach (var vault in policy.Vaults)
                {
                    var job = compiled.Jobs.FirstOrDefault(job => job.Purpose == "backup" && job.Thing == thing.Key && job.Vault == vault);
                    copies.Add(await CopyAsync(vault, job, jobs, cancellationToken));
                }

                var owner = thing.Role is { } role ? cluster.Roles.FirstOrDefault(known => known.Name == role)?.Owner : thing.Node;
                things.Add(ComplianceReport.Of(new ThingFacts { Policy = policy, Thing = thing, Copies = [.. copies], Node = owner, Proofs = await ProofsAsync(policy, thing, cancellationToken), RoleTakeover = thing.Role is { } takenOver ? await TakeoverAsync(takenOver, cancellationToken) : null }, now));
            }
        }

        return things.ToImmutable();
    }

    private async Task<VaultCopy> CopyAsync(string vault, PolicyJob? job, IReadOnlyList<JobInfo> jobs, CancellationToken cancellationToken)
    {
        if (job is null || jobs.FirstOrDefault(known => known.Name == job.Name) is not { } info) return new VaultCopy(vault, null, null, [], null, null, false);
        var detail = await agent.GetAsync($"v1/jobs/{job.Name}", ApiJson.Default.JobDetail, cancellationToken);
        var standbys = await agent.GetAsync($"v1/roles/{job.Name}/standby", ApiJson.Default.IReadOnlyListStandby, cancellationToken);
        var winner = standbys.FirstOrDefault(standby => standby.WouldWin);
        var progress = detail.Progress is { Total: > 0 } present ? Math.Clamp((double)present.Done / present.Total.Value, 0, 1) : (double?)null;
        return new VaultCopy(
            vault, job.Name, await SnapshotsAsync(job, detail, cancellationToken), [.. detail.Runs.Select(Describe)], info.Next,
            winner?.ExpectedTakeoverMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null, winner is not null, progress, info.State is JobState.Failed or JobState.Missed ? info.Reason : null);
    }

    // From the history while the database answers, else from the runs that the ledger keeps: protection is judged without the database too.
    private async Task<ImmutableArray<TakenSnapshot>?> SnapshotsAsync(PolicyJob job, JobDetail detail, CancellationToken cancellationToken)
    {
        var runs = detail.Runs.Where(run => run is { State: JobState.Completed, Started: not null, Ended: not null }).Select(run => new TakenSnapshot(run.Started!.Value, run.Ended!.Value, run.Figures.TryGetValue("bytesProcessed", out var bytes) ? bytes : null)).ToList();
        try
        {
            var page = await repository.Operations.ListAsync(new OperationsQuery(Job: job.Name, State: "completed") { From = time.GetUtcNow() - ComplianceReport.Looked - TimeSpan.FromDays(1), Limit = ListQuery.MostRows }, cancellationToken);
            runs.AddRange(page.Items.Where(row => row is { Started: not null, Ended: not null }).Select(row => new TakenSnapshot(row.Started!.Value, row.Ended!.Value)));
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
                .Select(row => new MeasuredRestore(row.Ended!.Value, row.State == "completed", row.Figures.TryGetValue("bytes", out var bytes) ? bytes : 0, row.Ended.Value - row.Started!.Value))];
        }
        catch (HoldfastException down) when (down.Code == "repository.down")
        {
            return [];
        }
    }

    private async Task<TimeSpan?> TakeoverAsync(string role, CancellationToken cancellationToken)
    {
        try
        {
            var standbys = await agent.GetAsync($"v1/roles/{role}/standby", ApiJson.Default.IReadOnlyListStandby, cancellationToken);
            return standbys.FirstOrDefault(standby => standby.WouldWin)?.ExpectedTakeoverMs is { } milliseconds ? TimeSpan.FromMilliseconds(milliseconds) : null;
        }
        catch (HoldfastException gone) when (gone.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }

    private async Task SampleAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now - _sampled < SampleInterval || !repository.State.IsUp) return;
        _sampled = now;
        await repository.Samples.AddAsync([.. Things.Where(thing => thing.AgeSeconds is not null).Select(thing => new Sample(Chart.Rpo, thing.Key, now, thing.AgeSeconds!.Value))], cancellationToken);
    }

    private static JobRun Describe(RunInfo run) => new() { Id = run.Id, Due = run.Due, State = run.State, Reason = run.Reason, Started = run.Started, Ended = run.Ended };

    private static partial class Log // Event ids 6200-6299: compliance.
    {
        [LoggerMessage(6200, LogLevel.Warning, "Compliance could not be judged now: {Reason}")]
        public static partial void NotReported(ILogger logger, string reason);
    }
}
