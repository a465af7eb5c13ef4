using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>A worker in this process, to which the test is the agent: checkpoints are recorded at once and claims are answered by hand, unless something is given that does.</summary>
internal sealed class WorkerInProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly BlockingCollection<string> _input = [];
    private readonly TaskCompletionSource<WorkerMessage.Claim> _claim = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<string, WorkerAnswer>? _onClaim;
    private readonly Func<WorkerMessage.Checkpoint, bool>? _onCheckpoint;
    private readonly Task _running;
    private volatile WorkerMessage.Result? _result;

    public WorkerInProcess(string kind, WorkerAssignment assignment, Func<string, WorkerAnswer>? onClaim = null, Func<WorkerMessage.Checkpoint, bool>? onCheckpoint = null)
    {
        (_onClaim, _onCheckpoint) = (onClaim, onCheckpoint);
        _input.Add(JsonSerializer.Serialize(assignment, WorkerJson.Default.WorkerAssignment));
        _running = Task.Run(() => CommandLineRun.OfAsync(["worker", kind], output: new Output(Hear), reader: new Input(_input)));
    }

    public Task<WorkerMessage.Claim> ClaimAsync() => _claim.Task.WaitAsync(Patience);

    public void Answer(WorkerAnswer answer) => _input.Add(JsonSerializer.Serialize(answer, WorkerJson.Default.WorkerAnswer));

    public async Task<WorkerMessage.Result> ResultAsync()
    {
        await _running.WaitAsync(Patience);
        _input.CompleteAdding();
        return _result ?? throw new InvalidOperationException("It left no result.");
    }

    private void Hear(string line)
    {
        switch (WorkerJson.Read(Encoding.UTF8.GetBytes(line)))
        {
            case WorkerMessage.Checkpoint { Number: { } number } checkpoint: Answer(new WorkerAnswer(null, Granted: _onCheckpoint?.Invoke(checkpoint) ?? true, Checkpoint: number)); break;
            case WorkerMessage.Result result: _result = result; break;
            case WorkerMessage.Claim claim:
                _claim.TrySetResult(claim);
                if (_onClaim is { } answer) Answer(answer(claim.Snapshot));
                break;
        }
    }

    private sealed class Input(BlockingCollection<string> lines) : TextReader
    {
        public override string? ReadLine() => lines.TryTake(out var line, Timeout.Infinite) ? line : null;
    }

    private sealed class Output(Action<string> hear) : StringWriter
    {
        public override void WriteLine(string? value) => hear(value!);
    }
}
