using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Holdfast.Agent.Jobs.Protocol;

namespace Holdfast.Cli.Tests.Workers;

/// <summary>A real <c>holdfast worker</c>, to which the test is the agent.</summary>
internal sealed class WorkerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process _process;

    private WorkerProcess(Process process) => _process = process;

    public static WorkerProcess Start(string kind, WorkerAssignment assignment)
    {
        var host = Environment.ProcessPath is { } path && Path.GetFileName(path) == "dotnet" ? path : "dotnet";
        var process = Process.Start(new ProcessStartInfo(host, [Path.Combine(AppContext.BaseDirectory, "holdfast.dll"), "worker", kind]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        var worker = new WorkerProcess(process);
        worker.Write(JsonSerializer.Serialize(assignment, WorkerJson.Default.WorkerAssignment));
        return worker;
    }

    /// <summary>What the kernel counted of its reads so far: files, the vault, the runtime's own.</summary>
    public long KernelReadBytes =>
        long.Parse(File.ReadLines($"/proc/{_process.Id}/io").Single(line => line.StartsWith("rchar:", StringComparison.Ordinal))["rchar:".Length..], CultureInfo.InvariantCulture);

    public void Answer(WorkerAnswer answer) => Write(JsonSerializer.Serialize(answer, WorkerJson.Default.WorkerAnswer));

    /// <summary>The next that it says of one kind; what else it says meanwhile is passed over.</summary>
    public async Task<T> NextAsync<T>()
        where T : WorkerMessage
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await _process.StandardOutput.ReadLineAsync(limit.Token) is { } line)
        {
            switch (WorkerJson.Read(System.Text.Encoding.UTF8.GetBytes(line)))
            {
                case T wanted: return wanted;
                case WorkerMessage.Result result: throw new InvalidOperationException($"It ended instead: {result.Reason}");
            }
        }

        throw new InvalidOperationException("It ended without a word.");
    }

    /// <summary>Holds it still, so that what is counted is all there will be.</summary>
    public Task FreezeAsync() => SignalAsync("STOP");

    public async Task KillAsync()
    {
        await SignalAsync("KILL");
        await EndedAsync();
    }

    public Task EndedAsync() => _process.WaitForExitAsync().WaitAsync(Patience);

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
        Assert.Equal(0, kill.ExitCode);
    }

    private void Write(string line)
    {
        _process.StandardInput.WriteLine(line);
        _process.StandardInput.Flush();
    }
}
