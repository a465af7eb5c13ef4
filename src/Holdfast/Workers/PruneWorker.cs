using System.Collections.Immutable;
using System.Globalization;
using Holdfast.Cli.Output;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Protection.Databases;
using Holdfast.Vault.Keeping;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Forgets what the keep rules let go, then frees its space. Can be ended anywhere and needs no checkpoint: what is forgotten is forgotten, and the next prune removes what one that was
/// cut off left.
/// </summary>
internal sealed class PruneWorker(TimeProvider time) : IWorker
{
    public async Task<WorkerMessage.Result> RunAsync(WorkerAssignment assignment, WorkerTalk talk, CancellationToken stop)
    {
        var rules = KeepText.Read(assignment.Map("keep"));
        var (options, grouping, delay) = (OptionsOf(assignment), GroupingOf(assignment), DelayOf(assignment));
        var filter = new SnapshotFilter { Hosts = assignment.Text("host") is { } host ? [host] : [] };
        var begun = time.GetTimestamp();
        await using var opened = await WorkerVault.OpenAsync(assignment, exclusive: true, talk, time, stop);
        return await opened.WhileLockedAsync(async () =>
        {
            var (vault, working) = (opened.Repository, opened.Working);
            // What cannot be read cannot be judged: that ends it.
            var all = await SnapshotFiles.ListAsync(vault, unreadable: null, working);
            var plan = DatabaseForget.ByRules(all, filter, grouping, rules, time.GetUtcNow(), delay);
            await opened.Lock.EnsureHeldAsync(working);
            foreach (var snapshot in plan.Gone)
            {
                await SnapshotFiles.RemoveAsync(vault, snapshot, working);
                talk.Log($"forgot snapshot {snapshot.ShortId} of {snapshot.Hostname}, {snapshot.Time.UtcDateTime:yyyy-MM-dd HH:mm}Z");
            }

            if (plan.DeleteAfter is { } after)
            {
                foreach (var snapshot in plan.Forget) await SnapshotFiles.ReplaceAsync(vault, snapshot, ForgetPlanner.ToTrash(snapshot, after), working);
            }

            var pruner = new Pruner(vault, time, new Stages(talk));
            var prune = await pruner.PlanAsync(options, [], working);
            await pruner.RunAsync(prune, opened.Lock, working);
            var done = prune.Plan.Statistics;
            return new WorkerMessage.Result(
                Completed: true, string.Create(CultureInfo.InvariantCulture, $"{plan.Forget.Count} of {all.Count} snapshots forgotten, {SizeText.Format(done.Freed)} freed"),
                Figures: ImmutableSortedDictionary<string, long>.Empty.Add("snapshots", all.Count).Add("forgotten", plan.Forget.Count).Add("purged", plan.Purge.Count).Add("bytesFreed", done.Freed)
                    .Add("bytesUsed", done.Used.Bytes).Add("bytesUnused", done.UnusedAfter).Add("packsRepacked", done.PacksRepacked).Add("packsRemoved", done.PacksRemoved + done.PacksUnreferenced)
                    .Add("milliseconds", (long)time.GetElapsedTime(begun).TotalMilliseconds));
        });
    }

    internal static PruneOptions OptionsOf(WorkerAssignment assignment) => assignment.Text("max-unused") is { } most ? new PruneOptions().WithMaxUnused(most) : new();

    internal static SnapshotGrouping GroupingOf(WorkerAssignment assignment) => SnapshotGrouping.Parse(assignment.Text("group-by") ?? "host,paths");

    internal static TimeSpan DelayOf(WorkerAssignment assignment) => assignment.Text("delay") is not { } text ? TimeSpan.Zero
        : Durations.TryParse(text, out var delay) && delay >= TimeSpan.Zero ? delay : throw new HoldfastException(ErrorKind.Invalid, "prune.bad-delay", $"delay: {Durations.Complaint(text)}", "Write one such as 7d.");

    private sealed class Stages(WorkerTalk talk) : IProgress<PruneProgress>
    {
        public void Report(PruneProgress value) => talk.Progress(new WorkerMessage.Progress(value.Done, value.Total == 0 ? null : value.Total, Path: $"{value.Stage}".ToLowerInvariant()));
    }
}
