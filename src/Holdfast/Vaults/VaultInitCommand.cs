using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Repository;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault init</c></summary>
internal static class VaultInitCommand
{
    public static Verb Create()
    {
        var access = new VaultAccess();
        var version = new Option<int>("--repository-version")
        {
            Description = "The version of restic's format: 2, or 1 (no compression) for restic before 0.14.",
            HelpName = "1|2",
            DefaultValueFactory = _ => VaultConfig.NewestVersion,
        };
        version.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && token.Value is not ("1" or "2")) result.AddError($"--repository-version '{token.Value}' must be 1 or 2");
        });
        return access.AddTo(new Verb("init", "Make a vault. Keep its password: without it nobody can read what is in it, ever.",
            "holdfast vault init --vault /srv/vault --password-file /etc/vault.password", "holdfast vault init --vault rest:https://backup.example:8000/office/") { version })
            .Does(async (run, cancellationToken) =>
            {
                await using var backend = access.OpenBackend(run);
                using var password = await access.FirstPasswordAsync(run, cancellationToken);
                await using var vault = await VaultRepository.InitAsync(backend, password, new() { Version = run.Get(version) }, cancellationToken);
                run.Report.Result(new VaultInfo(vault.Config.Id, backend.Location, vault.Config.Version), VaultsJson.Default.VaultInfo, made =>
                    run.Report.Line($"The vault {made.Id[..10]} is at {made.Location}. Keep its password: without it nobody can read what is in it, ever."));
            });
    }
}
