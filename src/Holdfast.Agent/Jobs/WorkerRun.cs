using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Agent.Tracing;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Holdfast.Leash.Protocol;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Jobs;

/// <summary>
/// One attempt at a run: the worker under the leash, and what it says. Its lines are read from a file from the start, so that an agent that was restarted takes up where the
/// one before was; every message may therefore be heard twice.
/// </summary>
internal sealed class WorkerRun(JobDeskContext desk, RoleName job, JobOwner owner, string run, RunAttempt attempt, string unit)
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);
    private const int LogTail = 300;

    private readonly LineTail _output = new(desk.Files.Output(job, attempt.Nonce));
    private readonly Dictionary<int, int> _exits = [];
    private readonly Signal _exited = new();
    private WorkerPipe? _pipe;
    private int _processId;
    private (JobState As, string Reason)? _stopped;
    private JobCheckpoint? _untold;
    private int? _untoldNumber;
    private JobResult? _result;
    private string? _exit;
    private string _lastLog = "";

    /// <summary>Gets the run.</summary>
    public string Run => run;

    /// <summary>Gets the attempt.</summary>
    public RunAttempt Attempt => attempt;

    /// <summary>Gets the last that it said of how it goes.</summary>
    public WorkerMessage.Progress? Latest { get; private set; }

    /// <summary>Gets how it ended, once it has and everything that it said is settled.</summary>
    public Task<WorkerEnd> Completion { get; private set; } = Task.FromException<WorkerEnd>(new InvalidOperationException("The worker was not started."));

    /// <summary>Starts the worker.</summary>
    public async Task StartAsync(WorkerAssignment assignment, StartRequest request, Resources.Processes.Account account, CancellationToken abandoned)
    {
        var told = JsonSerializer.SerializeToUtf8Bytes(assignment, WorkerJson.Default.WorkerAssignment);
        if (told.Length >= WorkerPipe.Capacity) throw Resources.ResourceFailure.Of("job-too-large", $"What the worker of {job} would have to be told is {told.Length} bytes.", $"Shorten its lists; {WorkerPipe.Capacity} bytes are the most.");
        desk.Files.Prepare(job);
        _pipe = WorkerPipe.Create(desk.Files.Input(job, attempt.Nonce), account);
        // Before the start: the pipe holds it until the worker reads.
        _pipe.WriteLine(told);
        try
        {
            Begin(await desk.Leash.StartAsync(request, abandoned), abandoned);
        }
        catch
        {
            _pipe.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with a worker that an agent before this one started.</summary>
    /// <param name="processId">Its process; 0 when it is over, and only what it said is to be settled.</param>
    /// <param name="assignment">What it is to do. It may not have opened its pipe before that agent ended, and a pipe that nobody has open keeps nothing.</param>
    public void Adopt(int processId, WorkerAssignment? assignment, CancellationToken abandoned)
    {
        if (processId == 0) _exit = "it ended while no agent watched";
        else
        {
            _pipe = WorkerPipe.Open(desk.Files.Input(job, attempt.Nonce));
            if (assignment is not null) Answer(new WorkerAnswer(null, Granted: true, Checkpoint: 0, Assignment: assignment));
        }

        Begin(processId, abandoned);
        if (processId == 0) _exited.Set();
    }

    /// <summary>The leash saw a process of the unit end.</summary>
    public void OnExit(int processId, int code)
    {
        lock (_exits)
        {
            _exits[processId] = code; // It may be told before the start is answered.
            if (processId == _processId) End(code);
        }
    }

    /// <summary>Has it leave a checkpoint and end; after the grace it is killed. Returns when that is verified.</summary>
    public async Task StopAsync(JobState state, string reason, TimeSpan grace, CancellationToken cancellationToken)
    {
        _stopped ??= (state, reason);
        await desk.Leash.StopAsync(unit, Resources.Processes.SignalNames.Terminate, grace, cancellationToken);
        _exited.Set();
    }

    private void Begin(int processId, CancellationToken abandoned)
    {
        lock (_exits)
        {
            _processId = processId;
            if (_exits.TryGetValue(processId, out var code)) End(code);
        }

        Completion = FollowAsync(abandoned);
    }

    private void End(int code)
    {
        _exit ??= code is > 128 and <= 128 + 64 ? $"it was ended by signal {code - 128}" : $"it exited with {code}";
        _exited.Set();
    }

    private async Task<WorkerEnd> FollowAsync(CancellationToken abandoned)
    {
        try
        {
            while (true)
            {
                var over = _exited.Task.IsCompleted; // Before the look: what it wrote until then is then seen.
                var lines = _output.Next();
                foreach (var line in lines) await HearAsync(line, abandoned);
                await TellCheckpointAsync(abandoned);
                if (over && lines.Count == 0 && _untold is null) break;
                if (lines.Count == 0) await Task.WhenAny(_exited.Task, desk.Time.PauseAsync(over ? AskAgain : LookPause, abandoned));
                abandoned.ThrowIfCancellationRequested();
            }

            var why = _lastLog.Length == 0 ? _exit : $"{_exit}; its last words: {_lastLog}";
            return new WorkerEnd(_result, _result is null ? _stopped?.As : null, _stopped?.Reason ?? $"its worker left no result: {why}");
        }
        finally
        {
            _pipe?.Dispose();
        }
    }

    private async Task HearAsync(byte[] line, CancellationToken abandoned)
    {
        switch (WorkerJson.Read(line))
        {
            case WorkerMessage.Progress progress:
                Latest = progress;
                break;
            case WorkerMessage.Checkpoint { Data: var data } told when data.GetRawText() is var text && Encoding.UTF8.GetByteCount(text) <= JobCheckpoint.MostBytes:
                (_untold, _untoldNumber) = (new JobCheckpoint(run, attempt, desk.Time.GetUtcNow(), text), told.Number); // Only the last of those that are heard together is told.
                break;
            case WorkerMessage.Claim claim:
                await ClaimAsync(claim.Snapshot, abandoned);
                break;
            case WorkerMessage.Result result:
                _result = new JobResult { Completed = result.Completed, Reason = result.Reason, Error = result.Error, Snapshot = result.Snapshot, Figures = result.Figures ?? ImmutableSortedDictionary<string, long>.Empty, Proved = result.Proved };
                break;
            case WorkerMessage.Phase phase:
                Traces.Past(phase.Name, phase.Begun, TimeSpan.FromMilliseconds(phase.Milliseconds), phase.Failed);
                break;
            case WorkerMessage.Log log:
                Note(log.Text);
                break;
            case WorkerMessage.Checkpoint { Number: var number }:
                Note($"a checkpoint of more than {JobCheckpoint.MostBytes} bytes was not kept");
                if (number is not null) Answer(new WorkerAnswer(null, Granted: true, Checkpoint: number)); // More is done again, no harm else.
                break;
            default:
                Note(Encoding.UTF8.GetString(line));
                break;
        }
    }

    private async Task ClaimAsync(string snapshot, CancellationToken abandoned)
    {
        while (true)
        {
            switch (await desk.Jobs.ClaimAsync(job, owner, run, attempt, snapshot, desk.Time.GetUtcNow(), abandoned))
            {
                case JobOutcome.Recorded:
                    Answer(new WorkerAnswer(snapshot, Granted: true));
                    return;
                case JobOutcome.Refused refused:
                    desk.Journal.Add("job.claim-refused", $"Attempt {attempt.Number} at run {run} of job {job} may not write snapshot {snapshot}: {refused.Reason}", job.Value, epoch: attempt.Epoch.ToString());
                    Answer(new WorkerAnswer(snapshot, Granted: false, refused.Reason));
                    return;
            }

            await Task.Delay(AskAgain, desk.Time, abandoned); // Nobody knows; the worker waits as long as its lease lives.
        }
    }

    private void Answer(WorkerAnswer answer)
    {
        if (!_exited.Task.IsCompleted) _pipe?.WriteLine(JsonSerializer.SerializeToUtf8Bytes(answer, WorkerJson.Default.WorkerAnswer));
    }

    private async Task TellCheckpointAsync(CancellationToken abandoned)
    {
        if (_untold is not { } checkpoint) return;
        switch (await desk.Jobs.CheckpointAsync(job, owner, checkpoint, abandoned))
        {
            case JobOutcome.Recorded:
                _untold = null;
                if (_untoldNumber is not null) Answer(new WorkerAnswer(null, Granted: true, Checkpoint: _untoldNumber));
                break;
            case JobOutcome.Refused refused:
                _untold = null;
                Note($"a checkpoint was refused: {refused.Reason}");
                if (_untoldNumber is not null) Answer(new WorkerAnswer(null, Granted: false, refused.Reason, _untoldNumber));
                break;
        }
    }

    private void Note(string text)
    {
        _lastLog = text.Length <= LogTail ? text.Trim() : text[..LogTail].Trim();
        try
        {
            File.AppendAllText(Path.Combine(desk.LogDirectory, $"{job}.log"), $"{desk.Time.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss'Z'} {run}#{attempt.Number} {text}\n");
        }
        catch (IOException)
        {
            // A full disk must not end the job.
        }
    }
}
