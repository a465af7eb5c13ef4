using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Databases;

/// <summary><c>holdfast database …</c></summary>
internal static class DatabaseCommands
{
    public static VerbGroup Create() => new("database", "Back up databases while they run, with their log, and restore them to any point in time.",
        "holdfast database backup orders --data /var/lib/postgresql/15/main --vault /srv/vault",
        "holdfast database log orders --spool /var/lib/postgresql/15/spool --vault /srv/vault",
        "holdfast database restore orders --target /srv/restored --target-time '2026-11-21 13:05:00' --vault /srv/vault")
    {
        DatabaseBackupCommand.Create(),
        DatabaseLogCommand.Create(),
        DatabaseArchiveCommand.Create(),
        DatabaseFetchCommand.Create(),
        DatabaseRestoreCommand.Create(),
        DatabaseDumpCommand.Create(),
        DatabaseProveCommand.Create(),
        DatabaseListCommand.Create(),
    };
}
