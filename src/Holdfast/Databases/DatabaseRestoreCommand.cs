using System.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Vaults;
using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;

namespace Holdfast.Cli.Databases;

/// <summary><c>holdfast database restore</c></summary>
internal static class DatabaseRestoreCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var engine = new EngineOptions();
        var point = new TargetOptions();
        var name = new Argument<string>("NAME") { Description = "What the database is called in the vault." };
        var target = new Option<string>("--target") { Description = "The folder that becomes the data folder; empty, or not there.", HelpName = "FOLDER", Required = true };
        var pause = new Option<bool>("--pause") { Description = "Stop at the target and wait, to look; the server goes on with: select pg_wal_replay_resume()" };
        var onDemand = new Option<bool>("--on-demand") { Description = "Let the server fetch its log from the vault while it recovers, instead of laying it down now." };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only say what would be laid down." };
        var tablespaces = Arguments.Repeated("--tablespace", "Where a tablespace goes: ID=FOLDER or OLDFOLDER=FOLDER. The default is beside the target.", "FROM=FOLDER");
        return access.AddTo(point.AddTo(engine.AddProgramsTo(new Verb("restore", "Lay down a data folder that recovers to a point when a server is started on it. What is missing is said before anything is written.",
            "holdfast database restore orders --target /srv/restored --vault /srv/vault --password-file /etc/vault.password",
            "holdfast database restore orders --target /srv/restored --target-time '2026-11-21 13:05:00' --vault /srv/vault",
            "holdfast database restore orders --target /srv/restored --tablespace /fast/orders=/srv/fast --immediate --vault /srv/vault") { name, target, pause, onDemand, tablespaces, dryRun })))
            .Does(async (run, cancellationToken) =>
            {
                var wanted = point.Target(run);
                await using var vault = await LockedVault.OpenAsync(run, access, exclusive: false, cancellationToken);
                var repository = vault.Repository;
                var chain = await point.ChainAsync(run, repository, run.Get(name), cancellationToken);
                var restored = await engine.Of(run, chain[0].Facts).RestoreAsync(new()
                {
                    Vault = repository, Chain = chain, Folder = run.Get(target), Target = wanted, Base = point.Base(run), Pause = run.Get(pause), DryRun = run.Get(dryRun),
                    Tablespaces = run.Get(tablespaces).Select(Pair).ToDictionary(pair => pair.From, pair => pair.To, StringComparer.Ordinal),
                    FetchCommand = run.Get(onDemand) ? Command(run, access, chain[0].Facts) : null,
                }, cancellationToken);
                var info = new DatabaseRestoreInfo(run.Get(name), restored.Folder, restored.Base.Snapshot.Id, restored.Base.Snapshot.Time, restored.Logs.Count, restored.Bytes, run.Get(dryRun));
                run.Report.Result(info, DatabasesJson.Default.DatabaseRestoreInfo, done => run.Report.Line(
                    $"'{done.Database}' {(done.DryRun ? "would be" : "is")} in {done.Folder}: base {done.Base[..8]}, {Phrases.Count(done.Logs, "file", "files")} of log, {SizeText.Format(done.Bytes)}. {(done.DryRun ? "Nothing was written." : "Start a server on it: it recovers to the target by itself.")}"));
            });
    }

    private static (string From, string To) Pair(string text) => text.LastIndexOf('=') is > 0 and var at && at < text.Length - 1 ? (text[..at], text[(at + 1)..])
        : throw new UsageException("tablespace", $"--tablespace '{text}' names no two places.", "Write FROM=FOLDER.");

    /// <summary>What the server will run: this program, with what it needs to open the vault. The password's file is named, never the password.</summary>
    private static string Command(Invocation run, VaultAccess access, DatabaseFacts facts)
    {
        var url = run.Get(access.Vault) ?? run.Surroundings.Environment("HOLDFAST_VAULT");
        var file = run.Get(access.PasswordFile) ?? run.Surroundings.Environment("HOLDFAST_PASSWORD_FILE")
            ?? throw new UsageException("password-missing", "--on-demand needs the password in a file that the server can read.", "Name it with --password-file.");
        var program = Environment.ProcessPath ?? "holdfast";
        return $"{Quote(program)} database fetch {Quote(facts.Name)} %f \"%p\" --id {facts.Id} --vault {Quote(url!.Contains(':', StringComparison.Ordinal) ? url : Path.GetFullPath(url))} --password-file {Quote(Path.GetFullPath(file))}";
    }

    private static string Quote(string text) => RecoverySettings.Quote(text);
}
