using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Vaults;
using Holdfast.Protection.Databases.Postgres;

namespace Holdfast.Cli.Databases;

/// <summary><c>holdfast database fetch</c>: PostgreSQL's <c>restore_command</c>.</summary>
internal static class DatabaseFetchCommand
{
    // To PostgreSQL every exit code up to 125 says that the log ends here, and it would go on without the rest of it: a vault that cannot be reached is not the end of the log.
    private const int AbortsRecovery = 255;

    public static Verb Create()
    {
        var access = new VaultAccess();
        var name = new Argument<string>("NAME") { Description = "What the database is called in the vault." };
        var file = new Argument<string>("FILE") { Description = "The piece of log that is wanted: %f." };
        var target = new Argument<string>("TARGET") { Description = "The file to write: %p." };
        var id = Arguments.Text("--id", "The database's identifier, when several had the name.", "ID");
        return access.AddTo(new Verb("fetch", "PostgreSQL's restore_command: write a piece of log from the vault. Each call opens the vault, about a second; a restore without --on-demand needs none.",
            "holdfast database fetch orders 000000010000000000000003 pg_wal/RECOVERYXLOG --vault /srv/vault --password-file /etc/vault.password") { name, file, target, id })
            .Does(async (run, cancellationToken) =>
            {
                try
                {
                    // Without a lock: one file is read, once, and a prune that is under way must not end a recovery.
                    await using var vault = await access.OpenAsync(run, cancellationToken);
                    await new PostgresLogFetch(await vault.LoadedAsync(run, cancellationToken)).RunAsync(run.Get(name), run.Get(id), run.Get(file), run.Get(target), cancellationToken);
                    return (int)ExitCode.Ok;
                }
                catch (Exception failed) when (failed is not HoldfastException { Code: PostgresLogFetch.NotFound })
                {
                    ErrorReport.Write(failed, run.Surroundings.Error, run.Json);
                    return AbortsRecovery;
                }
            });
    }
}
