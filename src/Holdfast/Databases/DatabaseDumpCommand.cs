using System.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Vaults;
using Holdfast.Protection.Databases;

namespace Holdfast.Cli.Databases;

/// <summary><c>holdfast database dump</c></summary>
internal static class DatabaseDumpCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var engine = new EngineOptions();
        var point = new TargetOptions();
        var name = new Argument<string>("NAME") { Description = "What the server is called in the vault." };
        var database = new Argument<string>("DATABASE") { Description = "The database in it." };
        var tables = Arguments.List("--table", "Only this table, or those that fit the pattern.", "TABLE");
        var output = new Option<string>("--output") { Description = "The file to write.", HelpName = "FILE", Required = true };
        var custom = new Option<bool>("--custom") { Description = "Write pg_dump's own format, from which pg_restore takes parts, instead of text." };
        var scratch = ScratchOption();
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what it would be taken from." };
        return access.AddTo(point.AddTo(engine.AddProgramsTo(new Verb("dump", "Write one database, or one table, as it was at a point: from a temporary server on a copy, which nobody else can reach and which is gone afterwards.",
            "holdfast database dump orders shop --output shop.sql --vault /srv/vault --password-file /etc/vault.password",
            "holdfast database dump orders shop --table customers --target-time '2026-11-21 13:05:00' --output customers.sql --vault /srv/vault") { name, database, tables, output, custom, scratch, dryRun })))
            .Does(async (run, cancellationToken) =>
            {
                var wanted = point.Target(run);
                await using var vault = await LockedVault.OpenAsync(run, access, exclusive: false, cancellationToken);
                var repository = vault.Repository;
                var chain = await point.ChainAsync(run, repository, run.Get(name), cancellationToken);
                var file = Path.GetFullPath(run.Get(output));
                var restored = await new DatabaseRehearsal(engine.Of(run, chain[0].Facts), repository, run.Surroundings.Time).DumpAsync(chain, wanted, point.Base(run),
                    new(run.Get(database), file) { Tables = run.Get(tables), AsText = !run.Get(custom), DryRun = run.Get(dryRun) }, run.Get(scratch), cancellationToken);
                var info = new DatabaseDumpInfo(run.Get(database), file, restored.Base.Snapshot.Id, restored.Base.Snapshot.Time, restored.Logs.Count, run.Get(dryRun) ? restored.Bytes : new FileInfo(file).Length, run.Get(dryRun));
                run.Report.Result(info, DatabasesJson.Default.DatabaseDumpInfo, done => run.Report.Line(done.DryRun
                    ? $"'{done.Database}' would be in {done.File}, from base {done.Base[..8]} and {Phrases.Count(done.Logs, "file", "files")} of log: {SizeText.Format(done.Bytes)} for a while. Nothing was written."
                    : $"'{done.Database}' is in {done.File}: {SizeText.Format(done.Bytes)}."));
            });
    }

    /// <summary>Where a copy is laid down for a while.</summary>
    public static Option<string> ScratchOption() => new("--scratch") { Description = "A folder with room for the whole server's files.", HelpName = "FOLDER", DefaultValueFactory = _ => "/var/tmp" };
}
