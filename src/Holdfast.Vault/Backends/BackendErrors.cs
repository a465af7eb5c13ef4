namespace Holdfast.Vault.Backends;

/// <summary>What back ends answer with, in one wording.</summary>
internal static class BackendErrors
{
    public static HoldfastException Missing(IVaultBackend backend, VaultFile file) =>
        new(ErrorKind.NotFound, "vault.file-missing", $"The vault {backend.Location} has no file {file}.", "Find out what else is missing: holdfast vault check");

    public static HoldfastException Exists(IVaultBackend backend, VaultFile file) =>
        new(ErrorKind.Conflict, "vault.file-exists", $"The vault {backend.Location} has a file {file} already.");

    public static HoldfastException TooShort(IVaultBackend backend, VaultFile file, long wanted) =>
        new(ErrorKind.Conflict, "vault.damaged", $"The file {file} of the vault {backend.Location} ends before byte {wanted}.", "Find out what else is damaged: holdfast vault check --read-data");

    public static HoldfastException Full(IVaultBackend backend, Exception? inner = null) =>
        new(ErrorKind.Conflict, "vault.full", $"There is no space left for the vault {backend.Location}.", "Make space or raise the quota; holdfast vault prune frees what no snapshot needs.", inner);

    public static HoldfastException ReadOnly(IVaultBackend backend, string reason, Exception? inner = null) =>
        new(ErrorKind.Forbidden, "vault.read-only", $"The vault {backend.Location} refused the change: {reason.TrimEnd('.')}.", "Check who may write there, and whether it is mounted read-only or append-only.", inner);

    public static HoldfastException Unreachable(IVaultBackend backend, string reason, Exception? inner = null) =>
        new(ErrorKind.Unavailable, "vault.unreachable", $"The vault {backend.Location} cannot be reached: {reason.TrimEnd('.')}.", "Check its address, the network, and that its server runs.", inner);

    public static HoldfastException LoginRefused(IVaultBackend backend, Exception? inner = null) =>
        new(ErrorKind.Forbidden, "vault.login-refused", $"The server of the vault {backend.Location} refuses this user, or their password.", "Check the user, the password, and below which path the user's vaults are.", inner);

    public static HoldfastException Untrusted(IVaultBackend backend, string reason, Exception? inner) =>
        new(ErrorKind.Forbidden, "vault.untrusted", $"The server of the vault {backend.Location} cannot be trusted: {reason.TrimEnd('.')}.", "Name the file with its certificate authority (HOLDFAST_CACERT), or check the address, and that the server speaks https there.", inner);
}
