using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Vaults;

/// <summary><c>holdfast vault …</c></summary>
internal static class VaultCommands
{
    public static VerbGroup Create() => new("vault", "Make vaults and look after them: where backups are kept, in restic's format.",
        "holdfast vault init --vault /srv/vault --password-file /etc/vault.password", "holdfast vault key list --vault /srv/vault")
    {
        VaultInitCommand.Create(),
        VaultKeyCommands.Create(),
        VaultCatCommand.Create(),
        CheckCommand.Create(),
        ForgetCommand.Create(),
        PruneCommand.Create(),
        CopyCommand.Create(),
        SeedCommand.Create(),
        RepairCommands.Create(),
        UnlockCommand.Create(),
    };
}
