using System.Diagnostics;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;

namespace Holdfast.Agent.Looks;

/// <summary>Runs the product's own commands, each a process for its time: the agent itself never touches data.</summary>
internal static class OwnCommand
{
    /// <summary>How much a command may answer, in bytes; a folder with more files than that has to be looked at on the node.</summary>
    public const int LongestAnswer = 32 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Runs one.</summary>
    /// <returns>What it printed, JSON or JSON lines; and what it said on standard error.</returns>
    /// <exception cref="HoldfastException">What the command says, or codes <c>look.too-long</c>, <c>look.timeout</c>, <c>look.failed</c>.</exception>
    public static async Task<(byte[] Answer, string Warnings)> RunAsync(IEnumerable<string> arguments, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The product's own command did not start.");
        using var timeout = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            process.StandardInput.Close(); // It shall ask nobody for a password.
            var problem = process.StandardError.ReadToEndAsync(either.Token);
            var answer = await ReadAsync(process.StandardOutput.BaseStream, either.Token);
            await process.WaitForExitAsync(either.Token);
            return process.ExitCode == 0 ? (answer, await problem) : throw ProblemOf(await problem, process.ExitCode);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "look.timeout", $"The command took longer than {Limit.TotalMinutes:0} minutes.", "Run it on the node itself with the command line.");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var answer = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, cancellationToken) is > 0 and var read)
        {
            if (answer.Length + read > LongestAnswer) throw new HoldfastException(ErrorKind.Conflict, "look.too-long", $"There is more than {LongestAnswer >> 20} MiB to tell.", "Look on the node itself with the command line.");
            answer.Write(buffer, 0, read);
        }

        return answer.ToArray();
    }

    // With --json a command tells its error as the node API would.
    private static HoldfastException ProblemOf(string text, int exitCode)
    {
        try
        {
            if (text.Split('\n', StringSplitOptions.RemoveEmptyEntries) is [.., var last] && JsonSerializer.Deserialize(last, ApiJson.Default.ApiProblem) is { Code: not null } problem)
                return new HoldfastException(ApiProblems.KindOf(problem.Status), problem.Code, problem.Detail, problem.Hint);
        }
        catch (JsonException)
        {
        }

        return new HoldfastException(ErrorKind.Unavailable, "look.failed", $"The command ended with {exitCode}: {text.Trim()}", "Look on the node itself with the command line.");
    }
}
