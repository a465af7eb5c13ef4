using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Agent.Api;

/// <summary>GET /v1/jobs: one job.</summary>
/// <param name="Name">Its name; that of its role.</param>
/// <param name="Kind">command, backup, database, prune, check or proof.</param>
/// <param name="Schedule">When, as it was declared.</param>
/// <param name="State">What it is doing.</param>
/// <param name="Reason">Why, one sentence.</param>
/// <param name="Owner">The node that decides about it; null when none does now.</param>
/// <param name="Next">When something happens next by itself; null when nothing does.</param>
/// <param name="Last">The last run that is over.</param>
/// <param name="Present">The run that is not over.</param>
public sealed record JobInfo(string Name, string Kind, string Schedule, JobState State, string Reason, string? Owner, DateTimeOffset? Next, RunInfo? Last, RunInfo? Present);

/// <summary>One run of a job.</summary>
/// <param name="Node">Where it was at work last.</param>
/// <param name="Attempts">How many workers it took.</param>
/// <param name="Resumed">How often it went on from a checkpoint of another.</param>
/// <param name="Retried">How often it was tried again after a failure.</param>
public sealed record RunInfo(
    string Id, DateTimeOffset Due, JobState State, string Reason, string? Node, int Attempts, int Resumed, int Retried, DateTimeOffset? Started, DateTimeOffset? Ended, string? Snapshot, IReadOnlyDictionary<string, long> Figures);

/// <summary>GET /v1/jobs/{job}: a job with its runs, newest first.</summary>
/// <param name="Job">The job.</param>
/// <param name="Declaration">Its declaration, as a role.</param>
/// <param name="Checkpoint">The last checkpoint of the present run, in its worker's words.</param>
/// <param name="Progress">How the present run goes, when its node answered.</param>
/// <param name="Runs">The runs that the ledger keeps.</param>
public sealed record JobDetail(JobInfo Job, string Declaration, string? Checkpoint, WorkerMessage.Progress? Progress, IReadOnlyList<RunInfo> Runs);

/// <summary>POST /v1/jobs/{job}/pause</summary>
/// <param name="Reason">Why, for those who see it.</param>
public sealed record JobPauseRequest(string? Reason);

/// <summary>The answer to POST /v1/jobs/{job}/run.</summary>
/// <param name="Run">The run that was asked for.</param>
/// <param name="Message">What was done, one sentence.</param>
public sealed record JobRunAnswer(string Run, string Message);

/// <summary>GET /v1/jobs/{job}/calendar?from=&amp;to=: the runs of a job that were due, from its ledger, and that are to come, earliest first.</summary>
/// <param name="Job">The job.</param>
/// <param name="From">From when; the default is a day ago.</param>
/// <param name="To">Until when; the default is a week from now.</param>
/// <param name="Runs">The runs; of those to come at most a thousand.</param>
public sealed record JobCalendar(string Job, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<CalendarRun> Runs);

/// <summary>One run in a job's calendar.</summary>
/// <param name="Run">Its id.</param>
/// <param name="Due">When it was or is due.</param>
/// <param name="Begins">When it began, or is to begin; null when it did not and is not.</param>
/// <param name="State">What became of it, or is to.</param>
/// <param name="Reason">Why, one sentence.</param>
/// <param name="Past">Whether it is from the ledger.</param>
/// <param name="Node">Where it was at work last.</param>
public sealed record CalendarRun(string Run, DateTimeOffset Due, DateTimeOffset? Begins, JobState State, string Reason, bool Past, string? Node);

/// <summary>GET /v1/schedulers: the jobs that a node decides about.</summary>
/// <param name="Node">The node; null for jobs that no node has now.</param>
/// <param name="State">running, stopped, or why the node takes no jobs.</param>
/// <param name="Since">Since when it is stopped.</param>
/// <param name="Reason">Why, in the words of who stopped it.</param>
/// <param name="Jobs">Its jobs.</param>
public sealed record SchedulerInfo(string? Node, string State, DateTimeOffset? Since, string? Reason, IReadOnlyList<JobInfo> Jobs);

/// <summary>POST /v1/schedulers/{node}/stop</summary>
/// <param name="Reason">Why, for those who see it.</param>
public sealed record SchedulerStopRequest(string? Reason);

/// <summary>GET /v1/calendars: days under a name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Days">The days.</param>
/// <param name="Except">The days that are none of them.</param>
/// <param name="Jobs">The jobs that name it.</param>
public sealed record CalendarInfo(string Name, IReadOnlyList<string> Days, IReadOnlyList<string> Except, IReadOnlyList<string> Jobs);
