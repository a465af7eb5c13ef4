using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Backends;

namespace Holdfast.Cli.Vaults;

/// <summary>How commands reach a vault: one that does not answer is tried again, and whoever waits is told why.</summary>
internal static class VaultConnection
{
    private static readonly TimeSpan TellEvery = TimeSpan.FromSeconds(10);

    /// <summary>The option that says how long.</summary>
    public static DurationOption GiveUpAfter() => new("--give-up-after", "How long a vault on a server is tried again when it does not answer.", new RetryOptions().GiveUpAfter);

    /// <summary>Opens the back end; nothing is asked of it yet.</summary>
    public static IVaultBackend Open(Invocation run, string url, TimeSpan giveUpAfter)
    {
        var time = run.Surroundings.Time;
        var backend = VaultBackends.Open(VaultUrl.Parse(url), new VaultConnectOptions { Time = time, Retry = new() { GiveUpAfter = giveUpAfter } });
        if (backend is not RetryingBackend retrying) return backend;

        var gate = new Lock();
        long? told = null;
        retrying.Waiting += (error, _) =>
        {
            lock (gate)
            {
                // Many requests wait at once, all for the same reason.
                if (told is { } before && time.GetElapsedTime(before) < TellEvery) return;
                told = time.GetTimestamp();
                run.Report.Warn($"{error.Message.TrimEnd('.')}. It is tried again.");
            }
        };
        return backend;
    }
}
