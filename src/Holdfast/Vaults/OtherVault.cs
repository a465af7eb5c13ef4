using System.CommandLine;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Crypto;

namespace Holdfast.Cli.Vaults;

/// <summary>The options that name a second vault: where a copy comes from.</summary>
internal sealed class OtherVault
{
    public OtherVault(string name = "--from-vault", string help = "The vault that is copied from.", bool required = true) => Vault = new(name) { Description = help, HelpName = "URL", Required = required };

    public Option<string> Vault { get; }

    public Option<string?> PasswordFile { get; } = new("--from-password-file") { Description = "The file with that vault's password; else you are asked.", HelpName = "FILE" };

    public Verb AddTo(Verb command)
    {
        command.Add(Vault);
        command.Add(PasswordFile);
        return command;
    }

    /// <summary>Opens it, reached as the command's own vault is.</summary>
    public Task<OpenedVault> OpenAsync(Invocation run, ConnectionOptions connection, CancellationToken cancellationToken) =>
        connection.OpenAsync(run, run.Get(Vault), () => PasswordAsync(run, cancellationToken), new(), cancellationToken);

    private async Task<VaultPassword> PasswordAsync(Invocation run, CancellationToken cancellationToken) =>
        run.Get(PasswordFile) is { } file ? VaultPassword.FromFile(file)
            : await SecretPrompt.AskAsync(run, "Password of the vault that is copied from: ", cancellationToken)
                ?? throw new UsageException("password-missing", "The password of the vault that is copied from is missing.", "Name a file with --from-password-file.");
}
