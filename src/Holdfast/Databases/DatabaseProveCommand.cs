using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Cli.Vaults;
using Holdfast.Protection.Databases;

namespace Holdfast.Cli.Databases;

/// <summary><c>holdfast database prove</c></summary>
internal static class DatabaseProveCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var engine = new EngineOptions();
        var point = new TargetOptions();
        var name = new Argument<string>("NAME") { Description = "What the database is called in the vault." };
        var scratch = DatabaseDumpCommand.ScratchOption();
        return access.AddTo(point.AddTo(engine.AddProgramsTo(new Verb("prove", "Restore to scratch, start a server on it, check every table and index and count every row, and take it all away again. Ends with 4 when it is no proof.",
            "holdfast database prove orders --vault /srv/vault --password-file /etc/vault.password", "holdfast database prove orders --scratch /srv/scratch --json --vault /srv/vault") { name, scratch })))
            .Does(async (run, cancellationToken) =>
            {
                var wanted = point.Target(run);
                await using var vault = await LockedVault.OpenAsync(run, access, exclusive: false, cancellationToken);
                var repository = vault.Repository;
                var chain = await point.ChainAsync(run, repository, run.Get(name), cancellationToken);
                var proof = await new DatabaseRehearsal(engine.Of(run, chain[0].Facts), repository, run.Surroundings.Time).ProveAsync(chain, wanted, run.Get(scratch), cancellationToken);
                run.Report.Result(proof, DatabasesJson.Default.DatabaseProof, done => Draw(run, done));
                return (int)(proof.IsProven ? ExitCode.Ok : ExitCode.Conflict);
            });
    }

    private static void Draw(Invocation run, DatabaseProof proof)
    {
        if (proof.Failure is { } failure)
        {
            run.Report.Line($"'{proof.Name}' could not be restored: {failure}");
            return;
        }

        foreach (var check in proof.Checks) run.Report.Line($"{(check.IsGood ? "good" : "BAD ")}  {check.What}: {check.Finding}");
        run.Report.Line($"'{proof.Name}' {(proof.IsProven ? "can be restored" : "was restored, but is not good")}: base {proof.Base[..8]}, {Phrases.Count(proof.Logs, "file", "files")} of log, up to {proof.ReachedPoint}; restore {proof.RestoreTook.TotalSeconds:0.0} s, recovery {proof.RecoveryTook.TotalSeconds:0.0} s, checks {proof.ChecksTook.TotalSeconds:0.0} s.");
    }
}
