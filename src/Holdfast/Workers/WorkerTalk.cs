using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Cli.Workers;

/// <summary>A worker's side of its talk with the agent: JSON lines. Safe to use from several threads, but for claims.</summary>
internal sealed class WorkerTalk(Surroundings surroundings)
{
    private static readonly TimeSpan ProgressPause = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private long _lastProgress;

    /// <summary>Waits for the assignment.</summary>
    /// <exception cref="HoldfastException">Code <c>worker.no-assignment</c>.</exception>
    public async Task<WorkerAssignment> AssignmentAsync(CancellationToken stop)
    {
        try
        {
            if (await LineAsync(stop) is { } line && JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerAssignment) is { } assignment) return assignment;
        }
        catch (JsonException exception)
        {
            throw new HoldfastException(ErrorKind.Invalid, "worker.no-assignment", $"The assignment cannot be read: {exception.Message}", "The agent starts workers; people use 'holdfast job run'.", exception);
        }

        throw new HoldfastException(ErrorKind.Invalid, "worker.no-assignment", "There is no assignment on standard input.", "The agent starts workers; people use 'holdfast job run'.");
    }

    /// <summary>Tells how it goes; more often than once a second is not passed on.</summary>
    public void Progress(WorkerMessage.Progress progress)
    {
        lock (_gate)
        {
            if (_lastProgress != 0 && surroundings.Time.GetElapsedTime(_lastProgress) < ProgressPause) return;
            _lastProgress = surroundings.Time.GetTimestamp();
        }

        Say(progress);
    }

    /// <summary>Tells how far it is: what another attempt needs to go on from here. At least every 30 seconds or 64 MiB; at most <see cref="JobCheckpoint.MostBytes"/>.</summary>
    public void Checkpoint(JsonElement data) => Say(new WorkerMessage.Checkpoint(data));

    /// <summary>Tells a line for the job's log.</summary>
    public void Log(string text) => Say(new WorkerMessage.Log(text));

    /// <summary>Asks to write a snapshot and waits for the answer, however long the store is away: while this process lives, so does its node's lease.</summary>
    /// <exception cref="HoldfastException">Code <c>worker.late</c>: another attempt is at the run; nothing more may be written.</exception>
    public async Task ClaimAsync(string snapshot, CancellationToken stop)
    {
        Say(new WorkerMessage.Claim(snapshot));
        while (await LineAsync(stop) is { } line)
        {
            // An agent that was restarted answers again what the one before had answered.
            if (JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerAnswer) is not { } answer || answer.Snapshot != snapshot) continue;
            if (answer.Granted) return;
            throw new HoldfastException(ErrorKind.Conflict, "worker.late", $"Snapshot {snapshot} was not written: {answer.Reason}", "The run went on elsewhere; there is nothing to do.");
        }

        throw new HoldfastException(ErrorKind.Unavailable, "worker.no-answer", $"Nobody answered whether snapshot {snapshot} may be written; it was not.", "The run is tried again.");
    }

    /// <summary>Tells how it ended.</summary>
    public void Result(WorkerMessage.Result result) => Say(result);

    private void Say(WorkerMessage message)
    {
        var line = JsonSerializer.Serialize(message, WorkerJson.Default.WorkerMessage);
        lock (_gate)
        {
            surroundings.Out.WriteLine(line);
            surroundings.Out.Flush();
        }
    }

    // Reading the console blocks its thread and knows no token.
    private Task<string?> LineAsync(CancellationToken stop) => Task.Run(surroundings.In.ReadLine, CancellationToken.None).WaitAsync(stop);
}
