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
}
