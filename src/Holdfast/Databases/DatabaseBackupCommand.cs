using System.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Vaults;
using Holdfast.Protection.Databases;

namespace Holdfast.Cli.Databases;

/// <summary><c>holdfast database backup</c></summary>
internal static class DatabaseBackupCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var engine = new EngineOptions();
        var name = new Argument<string>("NAME") { Description = "What the database is called in the vault; its chain goes on under this name wherever it runs." };
        var type = new Option<string>("--type") { Description = "full reads everything; differential reads what changed since the last full; incremental, since the last backup. Each can be restored alone.", HelpName = "TYPE", DefaultValueFactory = _ => "incremental" };
        type.AcceptOnlyFromAmong("full", "differential", "incremental");
        return access.AddTo(engine.AddTo(new Verb("backup", "Back up a database server while it runs.",
            "holdfast database backup orders --data /var/lib/postgresql/15/main --vault /srv/vault --password-file /etc/vault.password",
            "holdfast database backup orders --data /var/lib/postgresql/15/main --type full --vault rest:https://backup.example:8000/office/",
            "holdfast database backup shop --engine mariadb --data /var/lib/mysql --vault /srv/vault") { name, type }))
            .Does(async (run, cancellationToken) =>
            {
                var server = engine.Running(run, run.Get(name));
                await using var vault = await access.OpenAsync(run, cancellationToken);
                var wanted = run.Get(type) switch { "full" => DatabaseBackupType.Full, "differential" => DatabaseBackupType.Differential, _ => DatabaseBackupType.Incremental };
                var result = await new DatabaseBackup(vault.Repository, run.Surroundings.Time).RunAsync(server, wanted,
                    issue => { if (issue.IsLoss) run.Report.Warn($"{issue.Path}: {issue.Message}"); }, cancellationToken);
                run.Report.Result(DatabaseTexts.Info(result), DatabasesJson.Default.DatabaseBackupInfo, saved => run.Report.Line(
                    $"'{saved.Database}' is in snapshot {saved.Snapshot[..8]} ({saved.Type}): {SizeText.Format(saved.Bytes)}, of which {SizeText.Format(saved.ReadBytes)} were read and {SizeText.Format(saved.AddedBytes)} added."));
            });
    }
}
