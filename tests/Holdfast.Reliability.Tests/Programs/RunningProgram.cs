using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Holdfast.Reliability.Tests.Programs;

/// <summary>A real process that runs; killed at the latest when it is disposed.</summary>
internal sealed partial class RunningProgram : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    private const int SigCont = 18;
    private const int SigStop = 19;

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _errors;

    public RunningProgram(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        _process = Process.Start(start)!;
        _process.StandardInput.Close();
        _output = _process.StandardOutput.ReadToEndAsync();
        _errors = _process.StandardError.ReadToEndAsync();
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Ends it as a power cut does: SIGKILL.</summary>
    public void Kill() => _process.Kill();

    /// <summary>Holds it where it is (SIGSTOP) until <see cref="GoOn"/>.</summary>
    public void Halt() => Send(SigStop);

    /// <summary>Lets it go on.</summary>
    public void GoOn() => Send(SigCont);

    public async Task<Ended> EndAsync()
    {
        using var limit = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(limit.Token);
        return new(_process.ExitCode, await _output, await _errors);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    private void Send(int signal)
    {
        if (!_process.HasExited) _ = kill(_process.Id, signal); // One that ends at this moment needs none.
    }

    [LibraryImport("libc")]
    private static partial int kill(int process, int signal);
}
