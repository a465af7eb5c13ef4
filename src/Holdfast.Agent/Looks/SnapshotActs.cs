using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Agent.Declarations;

namespace Holdfast.Agent.Looks;

/// <summary>Changes snapshots with the product's own commands.</summary>
internal static class SnapshotActs
{
    /// <summary>Does it here.</summary>
    /// <returns>JSON.</returns>
    /// <exception cref="HoldfastException">What the command says, or codes <c>snapshot-act.invalid</c>, <c>look.timeout</c>.</exception>
    public static async Task<byte[]> HereAsync(string snapshot, SnapshotActRequest request, TimeProvider time, CancellationToken cancellationToken) =>
        (await OwnCommand.RunAsync(ArgumentsOf(snapshot, request), time, cancellationToken)).Answer;

    /// <summary>The command line of an act.</summary>
    /// <exception cref="HoldfastException">Code <c>snapshot-act.invalid</c>.</exception>
    internal static string[] ArgumentsOf(string snapshot, SnapshotActRequest request)
    {
        // A name such as latest is another snapshot's as soon as there is a newer one.
        if (snapshot.Length == 0 || !snapshot.All(char.IsAsciiHexDigit)) throw Invalid("snapshot: is no id.");
        if (string.IsNullOrEmpty(request.Vault)) throw Invalid("vault: is missing.");
        if (string.IsNullOrEmpty(request.PasswordFile)) throw Invalid("passwordFile: is missing.");
        string[] vault = ["--json", "--vault", request.Vault, "--password-file", request.PasswordFile, "--", snapshot];
        return request.Act switch
        {
            SnapshotAct.Tag => ["tag", .. (request.Add ?? []).Select(tag => $"--add={tag}"), .. (request.Remove ?? []).Select(tag => $"--remove={tag}"), .. vault],
            SnapshotAct.Forget when request.Delay is { } delay => ["vault", "forget", "--delay", Durations.Format(delay), .. vault],
            SnapshotAct.Forget => ["vault", "forget", .. vault],
            SnapshotAct.BringBack => ["vault", "forget", "--undo", .. vault],
            _ => throw Invalid("act: there is nothing such to do."),
        };
    }

    private static HoldfastException Invalid(string reason) => new(ErrorKind.Invalid, "snapshot-act.invalid", reason, "Nothing was changed.");
}
