using System.CommandLine;
using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cli.Vaults;
using Holdfast.Protection.Databases;

namespace Holdfast.Cli.Databases;

/// <summary><c>holdfast database list</c></summary>
internal static class DatabaseListCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var name = new Argument<string?>("NAME") { Description = "Only this database.", Arity = ArgumentArity.ZeroOrOne };
        return access.AddTo(new Verb("list", "List the backups of databases and of their log.", "holdfast database list --vault /srv/vault", "holdfast database list orders --json --vault /srv/vault") { name })
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                var all = await DatabaseCatalog.ListAsync(vault.Repository, cancellationToken);
                DatabaseBackupInfo[] shown = [.. all.Where(entry => run.Get(name) is null || entry.Facts.Name == run.Get(name)).Select(DatabaseTexts.Info)];
                run.Report.Result(shown, DatabasesJson.Default.DatabaseBackupInfoArray, backups =>
                {
                    var table = new TextTable("SNAPSHOT", "TIME", "DATABASE", "TYPE", "SIZE", "POSITION");
                    foreach (var each in backups) table.Row(each.Snapshot[..8], each.Time.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), each.Database, each.Type, SizeText.Format(each.Bytes), each.Position);
                    table.Write(run.Report.Out, run.Report.Palette, run.Report.Width);
                });
            });
    }
}
