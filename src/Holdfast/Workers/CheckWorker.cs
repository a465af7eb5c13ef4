using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Jobs;
using Holdfast.Vault.Checking;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Checks a vault, and reads a part of its data: what was not read for longest comes first, so that runs get round to all of it. What was read when is in a file of the node; an attempt
/// that goes on there does not read again what the run read before it. On another node it reads a part of its own.
/// </summary>
internal sealed class CheckWorker(TimeProvider time) : IWorker
{
    private const int ProblemsTold = 3;

    public async Task<WorkerMessage.Result> RunAsync(WorkerAssignment assignment, WorkerTalk talk, CancellationToken stop)
    {
        var part = assignment.Text("read") is { } read ? ReadSubset.Parse(read) : null;
        var begun = assignment.Checkpoint is { ValueKind: JsonValueKind.String } told && told.TryGetDateTimeOffset(out var at) && at <= time.GetUtcNow() ? at : time.GetUtcNow();
        var started = time.GetTimestamp();
        await talk.CheckpointAsync(JsonSerializer.SerializeToElement(begun, CheckpointJson.Default.DateTimeOffset), stop);
        await using var opened = await WorkerVault.OpenAsync(assignment, exclusive: false, talk, time, stop);
        var options = new CheckOptions
        {
            Read = part,
            History = part is not null && assignment.Text("history") is { } file ? ReadHistory.Open(file, opened.Repository.Config.Id) : null,
            Trust = time.GetUtcNow() - begun, // What this run found whole before it was interrupted, and nothing older.
        };
        return await opened.WhileLockedAsync(async () =>
        {
            var report = await new Checker(opened.Repository, time, new Stages(talk)).CheckAsync(options, opened.Working);
            foreach (var problem in report.Problems) talk.Log(problem.ToString());
            var errors = report.Problems.Where(problem => problem.Kind == ProblemKind.Error).ToList();
            var figures = ImmutableSortedDictionary<string, long>.Empty.Add("snapshots", report.Snapshots).Add("packs", report.Packs).Add("packsRead", report.PacksRead).Add("packsTrusted", report.PacksTrusted)
                .Add("bytesRead", report.BytesRead).Add("errors", errors.Count).Add("bytesUnused", report.UnusedBytes ?? 0).Add("milliseconds", (long)time.GetElapsedTime(started).TotalMilliseconds);
            return report.IsSound
                ? new WorkerMessage.Result(Completed: true, string.Create(CultureInfo.InvariantCulture, $"no errors in {report.Snapshots} snapshots and {report.Packs} packs, of which {report.PacksRead} were read"), Figures: figures)
                : new WorkerMessage.Result(Completed: false, $"the vault is damaged: {string.Join("; ", errors.Take(ProblemsTold).Select(error => error.ToString().TrimEnd('.')))}{(errors.Count > ProblemsTold ? $"; and {errors.Count - ProblemsTold} more" : "")}", ErrorClass.Permanent, Figures: figures);
        });
    }

    private sealed class Stages(WorkerTalk talk) : IProgress<CheckProgress>
    {
        public void Report(CheckProgress value) => talk.Progress(new WorkerMessage.Progress(value.Done, value.Total == 0 ? null : value.Total, Path: value.Stage));
    }
}

/// <summary>When the run began: the whole of a check's checkpoint.</summary>
[System.Text.Json.Serialization.JsonSerializable(typeof(DateTimeOffset))]
internal sealed partial class CheckpointJson : System.Text.Json.Serialization.JsonSerializerContext;
