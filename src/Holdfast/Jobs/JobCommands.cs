using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Jobs;

/// <summary><c>holdfast job …</c></summary>
internal static class JobCommands
{
    public static VerbGroup Create() => new("job", "Work that begins, ends and is recorded: see it, run it, pause it.", "holdfast job list", "holdfast job run nightly --wait")
    {
        List(),
        Show(),
        RunJobCommand.Create(),
        Pause(),
        Act("resume", "Let a paused job go on.", "holdfast job resume nightly"),
        Act("cancel", "End the present run of a job for good, and drop runs that were asked for.", "holdfast job cancel nightly"),
        History(),
        Calendar(),
    };

    public static Argument<string> Job() => new("JOB") { Description = "The job." };

    private static Verb List() => new Verb("list", "List the jobs.", "holdfast job list", "holdfast job list --json")
        .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Jobs, json => json.JobInfoArray, all => JobText.WriteList(all, run.Report), cancellationToken));

    private static Verb Show()
    {
        var job = Job();
        return new Verb("show", "Show a job, how its present run goes, and its declaration.", "holdfast job show nightly") { job }
            .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Job(run.Get(job)), json => json.JobDetail, detail => JobText.WriteDetail(detail, run.Report, run.Surroundings.Time.GetUtcNow()), cancellationToken));
    }

    private static Verb History()
    {
        var job = Job();
        return new Verb("history", "Show what became of each run of a job, newest first.", "holdfast job history nightly") { job }
            .Does(async (run, cancellationToken) =>
            {
                var detail = await run.Agent.JobAsync(run.Get(job), cancellationToken);
                run.Report.Result([.. detail.Runs], NodeApiJson.Printed.RunInfoArray, runs => JobText.WriteRuns(runs, run.Report));
            });
    }

    private static Verb Calendar()
    {
        var job = Job();
        var from = Arguments.Text("--from", "From when, such as 2026-11-21T02:00:00Z; the default is a day ago.", "TIME");
        var to = Arguments.Text("--to", "Until when; the default is a week from now.", "TIME");
        return new Verb("calendar", "Show when a job was due and will be, and what becomes of each run.", "holdfast job calendar nightly", "holdfast job calendar nightly --from 2026-11-21 --to 2026-12-24") { job, from, to }
            .Does((run, cancellationToken) => run.ShowAsync(NodeApi.JobCalendar(run.Get(job), run.Get(from), run.Get(to)), json => json.JobCalendar, calendar => JobText.WriteCalendar(calendar, run.Report), cancellationToken));
    }

    private static Verb Pause()
    {
        var job = Job();
        var reason = Arguments.Text("--reason", "Why, for those who see it.", "TEXT");
        return new Verb("pause", "Stop a job where it is; it goes on from there when it is resumed.", "holdfast job pause nightly --reason \"month's end\"") { job, reason }
            .Does(async (run, cancellationToken) => run.Report.Done(await run.Agent.PauseJobAsync(run.Get(job), new JobPauseRequest(run.Get(reason)), cancellationToken)));
    }

    private static Verb Act(string act, string description, string example)
    {
        var job = Job();
        return new Verb(act, description, example) { job }
            .Does(async (run, cancellationToken) => run.Report.Done(await run.Agent.JobActAsync(run.Get(job), act, cancellationToken)));
    }
}
