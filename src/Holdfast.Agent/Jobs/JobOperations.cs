using Holdfast.Agent.Api;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Tracing;
using Holdfast.Cluster;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Jobs;

/// <summary>What people ask of jobs. Any node carries it out: the ledger is in the store, and its owner follows it.</summary>
internal sealed class JobOperations(NodeRuntime runtime, EventJournal journal, TimeProvider time)
{
    private static readonly TimeSpan LongestCalendar = TimeSpan.FromDays(366);
    private static readonly TimeSpan ProgressLimit = TimeSpan.FromSeconds(2);
    private readonly JobRegistry _jobs = new(runtime.Registry);

    /// <summary>Every job.</summary>
    public IReadOnlyList<JobInfo> List()
    {
        var view = runtime.Operations.Situation().View;
        return [.. view.Roles.Values.Select(role => JobReading.Find(role.Value) is var (job, resource) ? Describe(view, job, resource) : null).OfType<JobInfo>()];
    }

    /// <summary>One job, with its runs and how the present one goes.</summary>
    /// <exception cref="HoldfastException">Code <c>job.not-found</c>.</exception>
    public async Task<JobDetail> ShowAsync(RoleName name, CancellationToken cancellationToken)
    {
        var view = runtime.Operations.Situation().View;
        var (job, resource) = Require(view, name);
        var info = Describe(view, job, resource);
        var runs = view.Ledgers.TryGetValue(name, out var ledger) ? ledger.Value.Runs : [];
        var checkpoint = info.Present is { } present ? (await _jobs.FindCheckpointAsync(name, present.Id, cancellationToken))?.Data : null;
        return new JobDetail(info, DeclarationWriter.Write(view.Roles[name].Value), checkpoint, info.Present is null ? null : await ProgressAsync(view, name, cancellationToken), [.. runs.Select(RunReport.Describe)]);
    }

    /// <summary>The runs of a job that were due, and that are to come.</summary>
    /// <exception cref="HoldfastException">Codes <c>job.not-found</c>, <c>request.invalid</c>.</exception>
    public JobCalendar Calendar(RoleName name, DateTimeOffset? from, DateTimeOffset? to)
    {
        var (view, now) = (runtime.Operations.Situation().View, time.GetUtcNow());
        var (job, _) = Require(view, name);
        var (begin, end) = (from ?? now - TimeSpan.FromDays(1), to ?? now + TimeSpan.FromDays(7));
        if (end < begin) throw new HoldfastException(ErrorKind.Invalid, "request.invalid", $"to ({end:O}) is before from ({begin:O}).", "Give the earlier time as from.");
        if (end - begin > LongestCalendar) throw new HoldfastException(ErrorKind.Invalid, "request.invalid", $"From {begin:O} to {end:O} is longer than a year.", "Ask for the parts one after the other.");
        var ledger = view.Ledgers.TryGetValue(name, out var known) ? known.Value : JobLedger.New(name, now);
        var past = ledger.Runs.Where(run => run.Due >= begin && run.Due <= end)
            .Select(run => new CalendarRun(run.Id, run.Due, run.Started, run.State, run.Reason, Past: true, run.Attempt?.Node.Value));
        var coming = JobForecast.Between(job, ledger, begin, end, JobSurroundingsReading.Of(view, job, OwnerOf(view, name)))
            .Select(run => new CalendarRun(run.Run, run.Due, run.Begins, run.State, run.Reason, Past: false, null));
        return new JobCalendar(name.Value, begin, end, [.. past.Concat(coming).OrderBy(run => run.Due)]);
    }

    /// <summary>Asks for a run now.</summary>
    /// <exception cref="HoldfastException">Codes <c>job.not-found</c>, <c>job.refused</c>.</exception>
    public async Task<JobRunAnswer> RunAsync(RoleName name, CancellationToken cancellationToken)
    {
        var run = $"{JobRun.IdOf(time.GetUtcNow())}-{Guid.NewGuid().ToString("N")[..6]}";
        if (Traces.Parent is { } parent) await _jobs.KeepTraceAsync(name, new RunTrace(run, parent), cancellationToken); // Before its owner hears of it.
        return new JobRunAnswer(run, await WantAsync(name, ledger => ledger.Ask(run), $"is asked for run {run}", cancellationToken));
    }

    /// <summary>Records what somebody wants of a job.</summary>
    /// <exception cref="HoldfastException">Codes <c>job.not-found</c>, <c>job.refused</c>.</exception>
    public async Task<string> WantAsync(RoleName name, Func<JobLedger, LedgerVerdict> want, string meaning, CancellationToken cancellationToken)
    {
        Require(runtime.Operations.Situation().View, name);
        switch (await _jobs.WantAsync(name, want, time.GetUtcNow(), cancellationToken))
        {
            case JobOutcome.Refused refused: throw new HoldfastException(ErrorKind.Conflict, "job.refused", $"Job {name}: {refused.Reason}", $"See 'holdfast job show {name}'.");
            case JobOutcome.CouldNotAsk unknown: throw new StoreUnavailableException($"Whether it was recorded is unknown: {unknown.Reason}");
        }

        await runtime.Feed.RefreshAsync(cancellationToken);
        journal.Add("job.asked", $"Job {name} {meaning}.", name.Value);
        return $"Job {name} {meaning}.";
    }

    private async Task<WorkerMessage.Progress?> ProgressAsync(ClusterView view, RoleName name, CancellationToken cancellationToken)
    {
        if (!view.Placements.TryGetValue(name, out var placement) || placement.Value is not { IsFree: false, Owner: { } owner }) return null;
        if (owner == runtime.Node) return runtime.Jobs.ProgressOf(name);
        return runtime.Peers is { } peers && view.Nodes.TryGetValue(owner, out var node) ? (await peers.TryAskAsync(node.Value, $"v1/peer/jobs/{name}/progress", PeerJson.Default.ProgressAnswer, ProgressLimit, cancellationToken))?.Progress : null;
    }

    private JobInfo Describe(ClusterView view, JobSpec job, ResourceSpec resource)
    {
        var now = time.GetUtcNow();
        var ledger = view.Ledgers.TryGetValue(job.Name, out var known) ? known.Value : JobLedger.New(job.Name, now);
        var owner = OwnerOf(view, job.Name);
        // What its owner would do now, by the function that it does it by.
        var decision = JobPlanner.Decide(job, ledger, ledger.Open is { State: JobState.Running } running ? running.Id : null, now, JobSurroundingsReading.Of(view, job, owner));
        var (state, reason, next) = decision switch
        {
            JobDecision.Wait wait => (wait.State, wait.Reason, wait.Until),
            JobDecision.Start start => (ledger.Open?.Attempt is null ? JobState.Waiting : JobState.Resuming, start.Reason, now),
            JobDecision.Await due => (JobState.Waiting, due.Reason, null),
            JobDecision.Stop stop => (JobState.Running, $"it is being stopped: {stop.Reason}", now),
            _ => (ledger.Open?.State ?? JobState.Waiting, "its ledger is being brought up to date", (DateTimeOffset?)now),
        };
        if (view.ClientOf(view.Roles[job.Name].Value) is { } client && !view.IsThere(client.Name))
            (state, reason, owner) = (ledger.Open is null ? JobState.Waiting : JobState.Resuming, $"waiting to start: machine {client.Name} is not there; {reason}", null);
        else if (owner is null) (state, reason) = (ledger.Open?.State ?? JobState.Waiting, $"{WhyNowhere(view, job.Name)}; {reason}");
        return new JobInfo(
            job.Name.Value, JobReading.WordOf(job.Kind), resource.Text("schedule") ?? "on-demand", state, reason, owner?.Value, next,
            ledger.Runs.FirstOrDefault(run => !run.IsOpen) is { } last ? RunReport.Describe(last) : null, ledger.Open is { } open ? RunReport.Describe(open) : null);
    }

    private static NodeName? OwnerOf(ClusterView view, RoleName job) =>
        view.Placements.TryGetValue(job, out var placement) && placement.Value is { Phase: PlacementPhase.Assigned, Owner: { } node } ? node : null;

    private static string WhyNowhere(ClusterView view, RoleName job)
    {
        var role = view.Roles[job].Value;
        if (role.Desired == DesiredState.Offline) return $"it is switched off ('holdfast role start {job}' switches it on)";
        if (view.Placements.TryGetValue(job, out var placement) && placement.Value.Phase == PlacementPhase.Failed) return "no node runs it: its role failed";
        return role.PossibleOwners.IsEmpty ? "no node runs it now" : $"no node runs it now; it may run on {string.Join(", ", role.PossibleOwners)} alone";
    }

    private static (JobSpec Job, ResourceSpec Resource) Require(ClusterView view, RoleName name) =>
        view.Roles.TryGetValue(name, out var role) && JobReading.Find(role.Value) is { } found ? found
        : throw new HoldfastException(ErrorKind.NotFound, "job.not-found", $"There is no job {name}.", "See 'holdfast job list'.");
}
