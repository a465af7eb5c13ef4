using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster.Jobs;

namespace Holdfast.Cli.Workers;

/// <summary>
/// Runs a program to its end. A line <c>##holdfast checkpoint TEXT</c> that it prints is its checkpoint, which the next attempt finds in <c>HOLDFAST_CHECKPOINT</c>; a line
/// <c>##holdfast progress DONE TOTAL PATH</c> says how it goes. Exit code 0 is success, 75 (EX_TEMPFAIL) and a signal may be gone the next time, anything else will not.
/// </summary>
internal sealed partial class CommandWorker(TimeProvider time) : IWorker
{
    private const string Mark = "##holdfast ";
    private const int TemporaryFailure = 75;
    private const int Terminate = 15;

    public async Task<WorkerMessage.Result> RunAsync(WorkerAssignment assignment, WorkerTalk talk, CancellationToken stop)
    {
        var command = assignment.Properties.TryGetValue("command", out var value) && value.Items is { IsEmpty: false } items ? items
            : throw new HoldfastException(ErrorKind.Invalid, "worker.no-command", $"Job {assignment.Job} has no command.", "Give it one in its declaration.");
        using var program = Start(command[0], [.. command.Skip(1)], assignment);
        var begun = time.GetTimestamp();
        // The program, not what it leaves behind: a daemon that keeps the pipe open must not keep the run.
        var lines = Task.WhenAll(HearAsync(program.StandardOutput, talk), HearAsync(program.StandardError, talk));
        await talk.PhaseAsync("program", async () =>
        {
            using (stop.Register(() => kill(program.Id, Terminate))) await program.WaitForExitAsync(CancellationToken.None);
            return program.ExitCode;
        });
        await Task.WhenAny(lines, Task.Delay(TimeSpan.FromSeconds(2), time, CancellationToken.None));
        stop.ThrowIfCancellationRequested();

        var figures = System.Collections.Immutable.ImmutableSortedDictionary<string, long>.Empty.Add("milliseconds", (long)time.GetElapsedTime(begun).TotalMilliseconds);
        return program.ExitCode switch
        {
            0 => new WorkerMessage.Result(Completed: true, $"{command[0]} exited with 0", Figures: figures),
            TemporaryFailure or > 128 => new WorkerMessage.Result(Completed: false, $"{command[0]} exited with {program.ExitCode}", ErrorClass.Transient, Figures: figures),
            var code => new WorkerMessage.Result(Completed: false, $"{command[0]} exited with {code}", ErrorClass.Permanent, Figures: figures),
        };
    }

    private static Process Start(string file, string[] arguments, WorkerAssignment assignment)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["HOLDFAST_RUN"] = assignment.Run;
        start.Environment["HOLDFAST_ATTEMPT"] = assignment.Attempt.ToString(CultureInfo.InvariantCulture);
        start.Environment["HOLDFAST_CHECKPOINT"] = assignment.Checkpoint is { ValueKind: JsonValueKind.String } text ? text.GetString() : "";
        if (assignment.Trace is { } trace) start.Environment["TRACEPARENT"] = trace;
        if (assignment.BytesPerSecond is { } rate) start.Environment["HOLDFAST_BYTES_PER_SECOND"] = rate.ToString(CultureInfo.InvariantCulture);
        try
        {
            var program = Process.Start(start)!;
            program.StandardInput.Close(); // Its standard input is empty, not the talk between worker and agent.
            return program;
        }
        catch (Win32Exception exception)
        {
            throw new HoldfastException(ErrorKind.Invalid, "worker.command-not-started", $"{file} could not be started: {exception.Message}", "See that it is there on every node that may own the job.", exception);
        }
    }

    private static async Task HearAsync(StreamReader output, WorkerTalk talk)
    {
        while (await output.ReadLineAsync() is { } line)
        {
            switch (line.StartsWith(Mark, StringComparison.Ordinal) ? line[Mark.Length..].Split(' ', 4) : [])
            {
                case ["checkpoint", ..]:
                    talk.Checkpoint(JsonSerializer.SerializeToElement(line[(Mark.Length + "checkpoint".Length)..].Trim(), TextJson.Default.String));
                    break;
                case ["progress", var done, .. var rest] when long.TryParse(done, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes):
                    talk.Progress(new WorkerMessage.Progress(bytes, rest is [var total, ..] && long.TryParse(total, NumberStyles.None, CultureInfo.InvariantCulture, out var all) ? all : null, Path: rest is [_, var path, ..] ? path : null));
                    break;
                default:
                    talk.Log(line);
                    break;
            }
        }
    }

    [LibraryImport("libc", SetLastError = true)] private static partial int kill(int process, int signal);

    [System.Text.Json.Serialization.JsonSerializable(typeof(string))]
    private sealed partial class TextJson : System.Text.Json.Serialization.JsonSerializerContext;
}
