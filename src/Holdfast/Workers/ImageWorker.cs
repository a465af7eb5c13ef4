using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cli.Output;
using Holdfast.Protection.Images;
using Holdfast.Protection.Volumes;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Backs up a block device or an image file as an image. The state that is read stays beside an image file for as long as the run lasts, on the same disk: who goes on, on whatever node that
/// disk is then, goes on in the same state from the last checkpoint.
/// </summary>
internal sealed class ImageWorker(TimeProvider time) : IWorker
{
    public async Task<WorkerMessage.Result> RunAsync(WorkerAssignment assignment, WorkerTalk talk, CancellationToken stop)
    {
        var path = assignment.Needed("path");
        await using var opened = await WorkerVault.OpenAsync(assignment, exclusive: false, talk, time, stop);
        return await opened.WhileLockedAsync(async () =>
        {
            var vault = opened.Repository;
            var snapshots = await LateSnapshots.ReapAsync(vault, await SnapshotFiles.ListAsync(vault, (_, _) => { }, opened.Working), assignment.Late, talk.Log, opened.Working);
            if (assignment.FindWritten(snapshots) is { } written) return written;

            var (begun, meter) = (time.GetTimestamp(), new ImageMeter(path, time));
            var request = new VolumeSnapshotRequest
            {
                Path = path, Host = assignment.Text("host") ?? assignment.Job, Job = assignment.Job, Run = assignment.Run, Recorder = assignment.RecorderTo(talk), Progress = meter, OnWarning = talk.Log,
                Resume = ReadCheckpoint(assignment.Checkpoint),
                OnCheckpoint = (checkpoint, cancellationToken) => talk.CheckpointAsync(JsonSerializer.SerializeToElement(checkpoint, ImageCheckpointJson.Default.ImageCheckpoint), cancellationToken),
            };
            var (snapshot, result) = await talk.WhileTellingAsync(meter.Read, time, () => new VolumeSnapshotBackup(vault, time).RunAsync(request, opened.Working));
            if (result is { MapReason: { } reason, Image: not null } && snapshot.Parent is not null) talk.Log($"everything was read: {reason}");
            return new WorkerMessage.Result(
                Completed: true, $"image of {path}, {SizeText.Format(result.Info.Length)}, snapshot {snapshot.ShortId}{(result.Mismatches.IsEmpty ? "" : ", but the file system's word about changed blocks was wrong: see the job's log")}",
                Snapshot: snapshot.Id,
                Figures: ImmutableSortedDictionary<string, long>.Empty.Add("bytes", result.Info.Length).Add("bytesRead", result.Image?.ReadBytes ?? 0).Add("bytesAdded", result.Image?.AddedBytes ?? 0)
                    .Add("mismatched", result.Mismatches.TotalBytes).Add("milliseconds", (long)time.GetElapsedTime(begun).TotalMilliseconds));
        });
    }

    private static ImageCheckpoint? ReadCheckpoint(JsonElement? told)
    {
        try
        {
            return told is { ValueKind: JsonValueKind.Object } element ? element.Deserialize(ImageCheckpointJson.Default.ImageCheckpoint) : null;
        }
        catch (JsonException)
        {
            return null; // Of another build: the run begins anew, and what it stored is found in the vault.
        }
    }
}

/// <summary>An image's checkpoint as JSON.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImageCheckpoint))]
internal sealed partial class ImageCheckpointJson : JsonSerializerContext;
