using System.ComponentModel;
using System.Diagnostics;

namespace Holdfast.Agent.Resources.Processes;

/// <summary>What a tool of the system answered.</summary>
/// <param name="ExitCode">Its exit status.</param>
/// <param name="Output">What it printed.</param>
internal sealed record Tool(int ExitCode, string Output)
{
    /// <summary>Runs a tool and waits for its end.</summary>
    /// <param name="program">A name, looked for where programs of the system are, or a path.</param>
    /// <param name="arguments">What it is given.</param>
    /// <param name="limit">How long it may take; it is killed then.</param>
    /// <param name="time">The clock for the limit.</param>
    /// <param name="cancellationToken">Ends the wait, and the tool.</param>
    /// <returns>The answer; null when it is not installed, or did not answer in time.</returns>
    public static async Task<Tool?> RunAsync(string program, IEnumerable<string> arguments, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        Process? process = null;
        try
        {
            process = Process.Start(new ProcessStartInfo(CommandCheck.FindProgram(program) ?? program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            process.StandardInput.Close();
            var errors = process.StandardError.ReadToEndAsync(either.Token);
            var output = await process.StandardOutput.ReadToEndAsync(either.Token);
            await errors;
            await process.WaitForExitAsync(either.Token);
            return new(process.ExitCode, output);
        }
        catch (Win32Exception)
        {
            return null; // Not installed.
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return null;
        }
        finally
        {
            if (process is { HasExited: false }) process.Kill();
            process?.Dispose();
        }
    }
}
