using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Cli.Workers;

/// <summary>A worker's side of its talk with the agent: JSON lines. Safe to use from several threads.</summary>
internal sealed class WorkerTalk(Surroundings surroundings)
{
    private static readonly TimeSpan ProgressPause = TimeSpan.FromSeconds(1);
    private readonly Lock _gate = new();
    private readonly Dictionary<string, WorkerAnswer> _claims = new(StringComparer.Ordinal);
    private TaskCompletionSource _heard = NewSignal();
    private long _lastProgress;
    private int _told;
    private int _recorded;
    private string? _late;
    private bool _isOver;
    private bool _tellsPhases;

    /// <summary>Waits for the assignment.</summary>
    /// <exception cref="HoldfastException">Code <c>worker.no-assignment</c>.</exception>
    public async Task<WorkerAssignment> AssignmentAsync(CancellationToken stop)
    {
        try
        {
            // Reading the console blocks its thread and knows no token.
            if (await Task.Run(surroundings.In.ReadLine, CancellationToken.None).WaitAsync(stop) is { } line && WorkerJson.ReadAssignment(line) is { } assignment)
            {
                _tellsPhases = assignment.Trace is not null;
                new Thread(Hear) { IsBackground = true, Name = "answers" }.Start();
                return assignment;
            }
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

    /// <summary>Tells how far it is, and does not wait: what another attempt needs to go on from here. At most <see cref="JobCheckpoint.MostBytes"/>.</summary>
    public void Checkpoint(JsonElement data) => Say(new WorkerMessage.Checkpoint(data));

    /// <summary>Tells how far it is and waits until that is recorded, however long the store is away: what was only told may be lost with the node.</summary>
    /// <exception cref="HoldfastException">Code <c>worker.late</c>: another attempt is at the run.</exception>
    public async Task CheckpointAsync(JsonElement data, CancellationToken stop)
    {
        var number = Interlocked.Increment(ref _told);
        Say(new WorkerMessage.Checkpoint(data, number));
        await UntilAsync(() => _late is { } reason ? throw Late("Nothing more was saved", reason) : _recorded >= number || _isOver, stop);
    }

    /// <summary>Tells a line for the job's log.</summary>
    public void Log(string text) => Say(new WorkerMessage.Log(text));

    /// <summary>Asks to write a snapshot and waits for the answer, however long the store is away: while this process lives, so does its node's lease.</summary>
    /// <exception cref="HoldfastException">Code <c>worker.late</c>: another attempt is at the run; nothing more may be written.</exception>
    public Task ClaimAsync(string snapshot, CancellationToken stop) => PhaseAsync("claim snapshot", async () =>
    {
        Say(new WorkerMessage.Claim(snapshot));
        WorkerAnswer? answer = null;
        await UntilAsync(() => _claims.TryGetValue(snapshot, out answer) || _isOver, stop);
        if (answer is null) throw new HoldfastException(ErrorKind.Unavailable, "worker.no-answer", $"Nobody answered whether snapshot {snapshot} may be written; it was not.", "The run is tried again.");
        return answer.Granted ? answer : throw Late($"Snapshot {snapshot} was not written", answer.Reason);
    });

    /// <summary>Does a part of the work that is a span of its own, where somebody looks on.</summary>
    /// <param name="name">Which, the same words in every run.</param>
    public async Task<T> PhaseAsync<T>(string name, Func<Task<T>> work)
    {
        if (!_tellsPhases) return await work();
        var (begun, at, failed) = (surroundings.Time.GetUtcNow(), surroundings.Time.GetTimestamp(), true);
        try
        {
            var done = await work();
            failed = false;
            return done;
        }
        finally
        {
            Say(new WorkerMessage.Phase(name, begun, surroundings.Time.GetElapsedTime(at).TotalMilliseconds, failed));
        }
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

    private async Task UntilAsync(Func<bool> isSo, CancellationToken stop)
    {
        while (true)
        {
            Task heard;
            lock (_gate)
            {
                if (isSo()) return;
                heard = _heard.Task;
            }

            await heard.WaitAsync(stop);
        }
    }

    /// <summary>Hears answers until nobody gives any more. An agent that was restarted answers again what the one before had answered.</summary>
    private void Hear()
    {
        while (surroundings.In.ReadLine() is { } line)
        {
            if (Read(line) is { } answer) Note(answer);
        }

        Note(null);
    }

    private void Note(WorkerAnswer? answer)
    {
        lock (_gate)
        {
            if (answer is null) _isOver = true;
            else if (answer.Snapshot is { } snapshot) _claims[snapshot] = answer;
            else if (!answer.Granted) _late = answer.Reason ?? "the run went on elsewhere";
            else _recorded = Math.Max(_recorded, answer.Checkpoint ?? 0);
            _heard.TrySetResult();
            _heard = NewSignal();
        }
    }

    private static WorkerAnswer? Read(string line)
    {
        try
        {
            return JsonSerializer.Deserialize(line, WorkerJson.Default.WorkerAnswer);
        }
        catch (JsonException)
        {
            return null; // Of a newer agent.
        }
    }

    private static HoldfastException Late(string what, string? reason) => new(ErrorKind.Conflict, "worker.late", $"{what}: {reason}", "The run went on elsewhere; there is nothing to do.");

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
