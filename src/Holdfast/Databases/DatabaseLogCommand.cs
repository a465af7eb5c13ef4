using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Vaults;
using Holdfast.Protection.Databases.Postgres;

namespace Holdfast.Cli.Databases;

/// <summary><c>holdfast database log</c></summary>
internal static class DatabaseLogCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var name = new Argument<string>("NAME") { Description = "What the database is called in the vault." };
        var spool = new Option<string>("--spool") { Description = "The folder that 'holdfast database archive' writes to.", HelpName = "FOLDER", Required = true };
        return access.AddTo(new Verb("log", "Store the log that was archived, and remove from the spool what is verified to be in the vault. Needs no running server.",
            "holdfast database log orders --spool /var/lib/postgresql/15/spool --vault /srv/vault --password-file /etc/vault.password") { name, spool })
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                var result = await new PostgresLogBackup(vault.Repository, run.Surroundings.Time).RunAsync(run.Get(name), new WalSpool(run.Get(spool)), cancellationToken);
                if (result is null) run.Report.Line("There is nothing in the spool.");
                else run.Report.Result(DatabaseTexts.Info(result), DatabasesJson.Default.DatabaseBackupInfo, saved => run.Report.Line($"The log of '{saved.Database}' is in snapshot {saved.Snapshot[..8]}: {saved.Position}."));
            });
    }
}
