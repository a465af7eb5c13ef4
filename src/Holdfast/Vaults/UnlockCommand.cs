using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Vault.Locks;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault unlock</c></summary>
internal static class UnlockCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var all = new Option<bool>("--remove-all") { Description = "Also locks whose owner may be working: what it is writing will be given up." };
        return access.AddTo(new Verb("unlock", "Remove locks whose owners are gone.", "holdfast vault unlock --vault /srv/vault") { all })
            .Does(async (run, cancellationToken) =>
            {
                await using var vault = await access.OpenAsync(run, cancellationToken);
                var removed = await VaultLock.UnlockAsync(vault.Repository, run.Get(all), run.Surroundings.Time, cancellationToken);
                run.Report.Result(new UnlockLine(removed), KeepingJson.Default.UnlockLine, _ => run.Report.Line($"{Phrases.Count(removed, "lock was", "locks were")} removed."));
            });
    }
}
