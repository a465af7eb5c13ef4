using System.Diagnostics;

namespace Holdfast.Lab.Linux;

/// <summary>How a command ended and what it printed on both streams.</summary>
/// <param name="ExitCode">Its exit code; 128 + n when a signal ended it, -1 when it took too long and was killed.</param>
/// <param name="Output">Everything it printed, standard output first.</param>
public sealed record CommandResult(int ExitCode, string Output);

/// <summary>Runs the machine's own tools.</summary>
internal static class Command
{
    private static readonly TimeSpan DefaultLimit = TimeSpan.FromSeconds(60);

    /// <summary>Runs a tool that must succeed; returns what it printed.</summary>
    internal static async Task<string> RunAsync(params string[] command)
    {
        var result = await TryRunAsync(command, DefaultLimit, CancellationToken.None);
        return result.ExitCode == 0
            ? result.Output
            : throw new InvalidOperationException($"{string.Join(' ', command)}: exit code {result.ExitCode}: {result.Output.Trim()}");
    }

    internal static async Task<CommandResult> TryRunAsync(IReadOnlyList<string> command, TimeSpan limit, CancellationToken cancellationToken, IReadOnlyDictionary<string, string>? environment = null, string? input = null)
    {
        var start = StartInfo(command, environment);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(limit, TimeProvider.System);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(linked.Token);
            var error = process.StandardError.ReadToEndAsync(linked.Token);
            await process.WaitForExitAsync(linked.Token);
            return new CommandResult(process.ExitCode, await output + await error);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            cancellationToken.ThrowIfCancellationRequested();
            return new CommandResult(-1, $"took longer than {limit.TotalSeconds:0.#} s");
        }
    }

    internal static ProcessStartInfo StartInfo(IReadOnlyList<string> command, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1)) { UseShellExecute = false };
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (name, value) in environment)
            {
                start.Environment[name] = value;
            }
        }

        return start;
    }
}
