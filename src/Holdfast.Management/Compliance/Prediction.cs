using Holdfast.Cluster.Jobs;

namespace Holdfast.Management.Compliance;

/// <summary>What would become of a copy if its node died now, told from what was measured.</summary>
internal static class Prediction
{
    private const int Recent = 5;

    /// <summary>How old the newest snapshot would get before the next one can be used; null with the reason when that cannot be told.</summary>
    public static (TimeSpan? Age, string? Unknown) OfLoss(VaultCopy copy, TimeSpan age, DateTimeOffset now)
    {
        if (!copy.CanMove) return (null, "no other node could go on with it");
        if (copy.Takeover is not { } takeover) return (null, "no takeover of its job was measured yet");
        if (Usual(copy.Runs) is not { } usual) return (null, "no run of its job was completed yet");

        // A run that is at work goes on from its checkpoint; how far it is counts only when somebody said so.
        if (copy.Runs.FirstOrDefault(run => run.IsOpen) is { Started: { } started } open)
        {
            var rest = copy.Progress is { } part ? usual * (1 - Math.Clamp(part, 0, 1)) : open.State == JobState.Running ? Longer(usual - (now - started), TimeSpan.Zero) : usual;
            return (age + takeover + rest, null);
        }

        if (copy.NextDue is not { } due) return (null, "no further run of its job is due by itself");
        return (age + Longer(takeover, due - now) + usual, null); // What is due before somebody took over is begun then.
    }

    /// <summary>How long a run usually takes: the median of the last ones; null before the first.</summary>
    public static TimeSpan? Usual(IEnumerable<JobRun> runs) => Median(
        runs.Where(run => run is { State: JobState.Completed, Started: not null, Ended: not null }).Take(Recent).Select(run => Longer(run.Ended!.Value - run.Started!.Value, TimeSpan.Zero)));

    /// <summary>How long it would take to restore so much, by the rate of the last proofs; null when none was measured.</summary>
    public static TimeSpan? OfRestore(IEnumerable<MeasuredRestore> proofs, long bytes)
    {
        // The time of one that restored next to nothing is not that of data.
        var rates = proofs.Where(proof => proof is { Proven: true, Bytes: > 0 } && proof.Took > TimeSpan.Zero).OrderByDescending(proof => proof.At).Take(Recent).Select(proof => TimeSpan.FromSeconds(proof.Took.TotalSeconds / proof.Bytes * 1e6));
        return Median(rates) is { } perMegabyte ? perMegabyte * (bytes / 1e6) : null;
    }

    private static TimeSpan? Median(IEnumerable<TimeSpan> times)
    {
        var sorted = times.Order().ToList();
        return sorted.Count == 0 ? null : sorted.Count % 2 == 1 ? sorted[sorted.Count / 2] : (sorted[(sorted.Count / 2) - 1] + sorted[sorted.Count / 2]) / 2;
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
