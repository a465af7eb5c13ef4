using System.Collections.Immutable;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Management.Alerts.Sources;

/// <summary>What the ledgers have to say: source <see cref="Source"/>.</summary>
public static class JobSignals
{
    /// <summary>The name of the source.</summary>
    public const string Source = "jobs";

    /// <summary>Jobs whose last run failed or was missed. What was skipped or merged says nothing about either.</summary>
    public static ImmutableArray<AlertSignal> Of(IEnumerable<JobFacts> jobs)
    {
        var signals = ImmutableArray.CreateBuilder<AlertSignal>();
        foreach (var job in jobs)
        {
            if (job.Runs.FirstOrDefault(run => run.State is JobState.Completed or JobState.Failed) is { State: JobState.Failed } failed)
            {
                signals.Add(Signal(job, AlertTrigger.JobFailed, $"Job {job.Name} failed{(failed.Node is { } node ? $" on {node}" : "")}.", failed.Reason,
                    $"See 'holdfast job show {job.Name}' and its log; when the cause is mended: 'holdfast job run {job.Name}'."));
            }

            // A run that somebody did later makes up for one that nobody could start.
            if (job.Runs.FirstOrDefault(run => run.State is JobState.Completed or JobState.Failed or JobState.Missed) is { State: JobState.Missed } missed)
            {
                signals.Add(Signal(job, AlertTrigger.JobMissed, $"Job {job.Name} missed its run of {missed.Due.UtcDateTime:yyyy-MM-dd HH:mm} UTC.", missed.Reason,
                    $"See why no node could start it: 'holdfast role explain {job.Name}'; to make up for it: 'holdfast job run {job.Name}'."));
            }
        }

        return signals.ToImmutable();
    }

    private static AlertSignal Signal(JobFacts job, AlertTrigger trigger, string sentence, string because, string hint) => new()
    {
        Trigger = trigger, Subject = $"job:{job.Name}", Related = [$"role:{job.Name}", .. job.Policy is { } policy ? (string[])[$"policy:{policy}"] : [], .. job.Thing is { } thing ? (string[])[$"thing:{thing}"] : []],
        Sentence = sentence, Because = because, Hint = hint, Channels = job.Channels,
    };
}

/// <summary>What is known of a job.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Policy">The policy that made it; null when a person did.</param>
/// <param name="Thing">The key of the thing that it is about.</param>
/// <param name="Channels">The channels that its policy names.</param>
/// <param name="Runs">Its runs, newest first.</param>
public sealed record JobFacts(string Name, string? Policy, string? Thing, ImmutableArray<string> Channels, IReadOnlyList<RunInfo> Runs);
