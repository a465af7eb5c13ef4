using System.Diagnostics;
using Holdfast.Cluster;

namespace Holdfast.Cli.Daemons;

/// <summary>The leash as a child of <c>holdfast dev</c>, with the agent below it. What both write goes to a log file.</summary>
internal sealed class LeashProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(40);

    private readonly Process _process;
    private readonly StreamWriter _log;
    private readonly TimeProvider _time;
    private volatile string? _lastLine;

    private LeashProcess(Process process, StreamWriter log, string logPath, TimeProvider time)
    {
        _process = process;
        _log = log;
        _time = time;
        LogPath = logPath;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
    }

    public string LogPath { get; }

    /// <summary>Gets the end of the process.</summary>
    public Task Exited => field ??= _process.WaitForExitAsync();

    public static LeashProcess StartUnprivileged(string directory, string listen, TimeProvider time)
    {
        var self = Environment.ProcessPath ?? throw new InvalidOperationException("This process does not know its own file.");
        var leash = Path.Combine(AppContext.BaseDirectory, "holdfast-leash");
        if (!File.Exists(leash)) throw new HoldfastException(ErrorKind.Unavailable, "dev.no-leash", $"There is no {leash}.", "Build the whole product with ./build and run dist/holdfast.");

        var start = new ProcessStartInfo(leash)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["--unprivileged", "--state", directory, "--run", directory, "--", self, "agent", "--development", "--state", directory, "--run-dir", directory, "--listen", listen])
        {
            start.ArgumentList.Add(argument);
        }
        var logPath = Path.Combine(directory, "dev.log");
        var log = new StreamWriter(logPath, append: false) { AutoFlush = true };
        var child = new LeashProcess(new Process { StartInfo = start }, log, logPath, time);
        try
        {
            child._process.Start();
        }
        catch
        {
            log.Dispose();
            throw;
        }
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Asks it to stop everything and waits until it has; what does not stop in time is killed, and its roles with it.</summary>
    public async Task StopAsync()
    {
        if (!Exited.IsCompleted)
        {
            Signals.Terminate(_process.Id);
            using var limit = new CancellationTokenSource(StopLimit, _time);
            try
            {
                await Exited.WaitAsync(limit.Token);
            }
            catch (OperationCanceledException)
            {
                _process.Kill(entireProcessTree: true);
                await Exited;
            }
        }
    }

    /// <summary>What to say when it ended by itself.</summary>
    public HoldfastException Failure() => new(ErrorKind.Unavailable, "dev.ended",
        $"The leash ended with exit code {_process.ExitCode}{(_lastLine is { } line ? $": {line.TrimEnd('.')}" : "")}.", $"Its log is {LogPath}.");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _process.Dispose();
        await _log.DisposeAsync();
    }

    private void Keep(string? line)
    {
        if (string.IsNullOrWhiteSpace(line)) return;
        _lastLine = line;
        // Output and errors are read by two threads.
        lock (_log) _log.WriteLine(line);
    }
}
