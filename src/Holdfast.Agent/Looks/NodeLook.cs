using Holdfast.Agent.Api;
using Holdfast.Cluster;

namespace Holdfast.Agent.Looks;

/// <summary>Looks at volumes and vaults with the product's own commands.</summary>
internal static class NodeLook
{
    /// <summary>Looks here.</summary>
    /// <param name="runDirectory">Where this agent's socket is: what the cluster knows of shared volumes is asked there.</param>
    /// <returns>JSON, or JSON lines.</returns>
    /// <exception cref="HoldfastException">What the command says, or codes <c>look.invalid</c>, <c>look.too-long</c>, <c>look.timeout</c>, <c>look.incomplete</c>.</exception>
    public static async Task<byte[]> HereAsync(LookRequest request, string runDirectory, TimeProvider time, CancellationToken cancellationToken)
    {
        var (answer, warnings) = await OwnCommand.RunAsync(ArgumentsOf(request, runDirectory), time, cancellationToken);
        if (request.Kind == LookKind.Snapshots) RequireAll(warnings);
        return answer;
    }

    /// <summary>The command line of a look.</summary>
    /// <exception cref="HoldfastException">Code <c>look.invalid</c>.</exception>
    internal static string[] ArgumentsOf(LookRequest request, string runDirectory)
    {
        if (request.Kind == LookKind.Volumes) return ["volumes", "--json", "--run-dir", runDirectory];
        string[] vault = ["--json", "--vault", Given(request.Vault, "vault"), "--password-file", Given(request.PasswordFile, "passwordFile")];
        return request.Kind switch
        {
            LookKind.Snapshots => ["snapshots", "--trash", .. vault],
            LookKind.Databases => ["database", "list", .. vault],
            LookKind.Find => ["find", .. vault, "--", Given(request.Path, "path")],
            LookKind.Differences => ["diff", .. vault, "--", Given(request.Other, "other"), Given(request.Snapshot, "snapshot")],
            LookKind.Statistics => ["stats", .. vault],
            LookKind.Files => ["ls", .. vault, "--", Given(request.Snapshot, "snapshot"), request.Path ?? "/"],
            LookKind.RestorePreview when request.Database is { } database => [.. database.Command(Given(request.Target, "target")), .. vault, "--dry-run", .. database.Names()],
            LookKind.RestorePreview =>
            [
                "restore", .. vault, "--dry-run", "--target", Given(request.Target, "target"),
                .. (request.Paths ?? []).SelectMany(path => (string[])["--include", path]), "--", Given(request.Snapshot, "snapshot"),
            ],
            _ => throw new HoldfastException(ErrorKind.Invalid, "look.invalid", "kind: there is no such thing to look at."),
        };
    }

    private static string Given(string? value, string name) => !string.IsNullOrEmpty(value) ? value : throw new HoldfastException(ErrorKind.Invalid, "look.invalid", $"{name}: is missing.");

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
}
