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
        var other = new OtherVault("--copy-chunker-params-from", "Cut files as this vault does, so that copies from it share content with what is backed up here.", required: false);
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
        return other.AddTo(access.AddTo(new Verb("init", "Make a vault. Keep its password: without it nobody can read what is in it, ever.",
            "holdfast vault init --vault /srv/vault --password-file /etc/vault.password", "holdfast vault init --vault rest:https://backup.example:8000/office/") { version }))
            .Does(async (run, cancellationToken) =>
            {
                var polynomial = run.Has(other.Vault) ? await PolynomialOfAsync(run, other, access.Connection, cancellationToken) : (ulong?)null;
                await using var backend = access.OpenBackend(run);
                using var password = await access.FirstPasswordAsync(run, cancellationToken);
                await using var vault = await VaultRepository.InitAsync(backend, password, new() { Version = run.Get(version), ChunkerPolynomial = polynomial }, cancellationToken);
                run.Report.Result(new VaultInfo(vault.Config.Id, backend.Location, vault.Config.Version), VaultsJson.Default.VaultInfo, made =>
                    run.Report.Line($"The vault {made.Id[..10]} is at {made.Location}. Keep its password: without it nobody can read what is in it, ever."));
            });
    }

    private static async Task<ulong> PolynomialOfAsync(Invocation run, OtherVault other, ConnectionOptions connection, CancellationToken cancellationToken)
    {
        await using var vault = await other.OpenAsync(run, connection, cancellationToken);
        return vault.Repository.Config.ChunkerPolynomial;
    }
}
