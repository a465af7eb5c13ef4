using System.Diagnostics;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;

namespace Holdfast.Agent.Looks;

/// <summary>Looks at volumes and vaults with the product's own commands, each a process for its time: the agent itself never touches data.</summary>
internal static class NodeLook
{
    /// <summary>How much a look may answer, in bytes; a folder with more files than that has to be looked at on the node.</summary>
    public const int LongestAnswer = 32 << 20;

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <summary>Looks here.</summary>
    /// <param name="runDirectory">Where this agent's socket is: what the cluster knows of shared volumes is asked there.</param>
    /// <returns>JSON, or JSON lines.</returns>
    /// <exception cref="HoldfastException">What the command says, or codes <c>look.invalid</c>, <c>look.too-long</c>, <c>look.timeout</c>, <c>look.incomplete</c>.</exception>
    public static async Task<byte[]> HereAsync(LookRequest request, string runDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        foreach (var argument in ArgumentsOf(request, runDirectory)) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The product's own command did not start.");
        using var timeout = new CancellationTokenSource(Limit, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            process.StandardInput.Close(); // It shall ask nobody for a password.
            var problem = process.StandardError.ReadToEndAsync(either.Token);
            var answer = await ReadAsync(process.StandardOutput.BaseStream, either.Token);
            await process.WaitForExitAsync(either.Token);
            if (process.ExitCode != 0) throw ProblemOf(await problem, process.ExitCode);
            if (request.Kind == LookKind.Snapshots) RequireAll(await problem);
            return answer;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "look.timeout", $"Looking took longer than {Limit.TotalMinutes:0} minutes.", "Look on the node itself with the command line.");
        }
        finally
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
    }

    /// <summary>The command line of a look.</summary>
    /// <exception cref="HoldfastException">Code <c>look.invalid</c>.</exception>
    internal static string[] ArgumentsOf(LookRequest request, string runDirectory)
    {
        if (request.Kind == LookKind.Volumes) return ["volumes", "--json", "--run-dir", runDirectory];
        string[] vault = ["--json", "--vault", Given(request.Vault, "vault"), "--password-file", Given(request.PasswordFile, "passwordFile")];
        return request.Kind switch
        {
            LookKind.Snapshots => ["snapshots", .. vault],
            LookKind.Files => ["ls", .. vault, "--", Given(request.Snapshot, "snapshot"), request.Path ?? "/"],
            LookKind.RestorePreview =>
            [
                "restore", .. vault, "--dry-run", "--target", Given(request.Target, "target"),
                .. (request.Paths ?? []).SelectMany(path => (string[])["--include", path]), "--", Given(request.Snapshot, "snapshot"),
            ],
            _ => throw new HoldfastException(ErrorKind.Invalid, "look.invalid", "kind: there is no such thing to look at."),
        };
    }

    private static string Given(string? value, string name) => !string.IsNullOrEmpty(value) ? value : throw new HoldfastException(ErrorKind.Invalid, "look.invalid", $"{name}: is missing.");

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

    /// <summary>Refuses half a list: somebody takes it for the whole, and would forget what is not in it.</summary>
    /// <param name="warnings">What the command said on standard error.</param>
    /// <exception cref="HoldfastException">Code <c>look.incomplete</c>.</exception>
    internal static void RequireAll(string warnings)
    {
        var missing = warnings.Split('\n').Where(line => line.Contains(LookRequest.LeftOut, StringComparison.Ordinal)).ToList();
        if (missing is not [var first, ..]) return;
        throw new HoldfastException(
            ErrorKind.Conflict, "look.incomplete", $"{(missing.Count == 1 ? "A snapshot" : $"{missing.Count} snapshots")} cannot be read: {first.Replace("warning: ", "", StringComparison.Ordinal).TrimEnd('.')}.",
            "What was known stays as it was. 'holdfast check' on the vault says what is damaged.");
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
