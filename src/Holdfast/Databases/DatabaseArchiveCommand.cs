using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Protection.Databases.Postgres;

namespace Holdfast.Cli.Databases;

/// <summary><c>holdfast database archive</c>: PostgreSQL's <c>archive_command</c>.</summary>
internal static class DatabaseArchiveCommand
{
    public static Verb Create()
    {
        var file = new Argument<string>("FILE") { Description = "The file: %p." };
        var spool = new Option<string>("--spool") { Description = "The folder to copy it to, on a disk that survives what the data survives.", HelpName = "FOLDER", Required = true };
        return new Verb("archive", "PostgreSQL's archive_command: copy a piece of log durably into a spool, for 'holdfast database log'. The same file again is success, another one of its name is not.",
            "holdfast database archive --spool /var/lib/postgresql/15/spool pg_wal/000000010000000000000003") { file, spool }
            .Does((run, _) =>
            {
                new WalSpool(run.Get(spool)).Archive(run.Get(file));
                return Task.CompletedTask;
            });
    }
}
