using System.Diagnostics;

namespace Holdfast.Protection.Hooks;

/// <summary>Commands of the administrator around a backup, run by <c>/bin/sh</c>.</summary>
public sealed record HookCommands
{
    /// <summary>Gets the command before it; when it fails nothing is backed up.</summary>
    public string? Before { get; init; }

    /// <summary>Gets the command after it, whatever came of it: <c>$HOLDFAST_RESULT</c> is <c>ok</c> or <c>failed</c>.</summary>
    public string? After { get; init; }

    internal Task BeforeAsync(CancellationToken cancellationToken) => Before is null ? Task.CompletedTask : RunAsync(Before, "", cancellationToken);

    // Not with the backup's token: what a command before it froze must thaw, whoever interrupts.
    internal Task AfterAsync(bool succeeded) => After is null ? Task.CompletedTask : RunAsync(After, succeeded ? "ok" : "failed", CancellationToken.None);

    private static async Task RunAsync(string command, string result, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("/bin/sh", ["-c", command]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["HOLDFAST_RESULT"] = result;
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(cancellationToken);
        var error = process.StandardError.ReadToEndAsync(cancellationToken);
        try
        {
            await process.WaitForExitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode == 0) return;
        var said = (await error + await output).Trim();
        throw new HoldfastException(ErrorKind.Conflict, "hook.failed", $"The command '{command}' ended with {process.ExitCode}{(said.Length > 0 ? ": " + said : "")}", "Try it by hand.");
    }
}
