using Holdfast.Agent.Declarations;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cluster;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Cli.Jobs;

/// <summary><c>holdfast job run</c></summary>
internal static class RunJobCommand
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(300);

    public static Verb Create()
    {
        var job = JobCommands.Job();
        var wait = Arguments.Wait();
        var timeout = Arguments.Timeout();
        return new Verb("run", "Run a job now, whatever its schedule says.", "holdfast job run nightly", "holdfast job run nightly --wait --timeout 2h") { job, wait, timeout }
            .Does(async (run, cancellationToken) =>
            {
                var name = run.Get(job);
                var asked = await run.Agent.RunJobAsync(name, cancellationToken);
                if (run.Get(wait)) await UntilOverAsync(run, name, asked.Run, run.Get(timeout), cancellationToken);
                run.Report.Result(asked, NodeApiJson.Printed.JobRunAnswer, answer => run.Report.Line(answer.Message));
            });
    }

    private static async Task UntilOverAsync(Invocation run, string job, string id, TimeSpan limit, CancellationToken cancellationToken)
    {
        var (time, begun, last) = (run.Surroundings.Time, run.Surroundings.Time.GetTimestamp(), "no news of it");
        await ProgressView.RunAsync(run.Report, $"Waiting for run {id}…", async say =>
        {
            while (time.GetElapsedTime(begun) < limit)
            {
                var detail = await run.Agent.JobAsync(job, cancellationToken);
                if (detail.Runs.FirstOrDefault(row => row.Id == id) is { } row)
                {
                    if (row.State == JobState.Completed) return;
                    if (row.State is JobState.Failed or JobState.Skipped or JobState.Missed)
                        throw new HoldfastException(ErrorKind.Conflict, "job.failed", $"Run {id} of job '{job}' {Phrases.Word(row.State)}: {row.Reason.TrimEnd('.')}.", $"See 'holdfast job history {job}', and the log {job}.log on {Phrases.OrNothing(row.Node)}.");
                }

                var news = $"{Phrases.Word(detail.Job.State)}: {detail.Job.Reason}";
                if (news != last) say(last = news);
                await Task.Delay(LookPause, time, cancellationToken);
            }

            throw new WaitTimeoutException($"After {Durations.Format(limit)}: {last}.", $"It goes on in the cluster; see 'holdfast job show {job}'.");
        });
    }
}
