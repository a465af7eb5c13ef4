using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Repository;

/// <summary>What a vault answers with, in one wording.</summary>
internal static class VaultErrors
{
    private const string CheckHint = "Find out what else is damaged: holdfast vault check --read-data";

    public static HoldfastException NotOne(IVaultBackend backend, Exception? inner = null) =>
        new(ErrorKind.NotFound, "vault.not-one", $"There is no vault at {backend.Location}.", "Check the location, or make one there: holdfast vault init", inner);

    public static HoldfastException IsOne(IVaultBackend backend) =>
        new(ErrorKind.Conflict, "vault.exists", $"There is a vault at {backend.Location} already.", "Use it, or choose another location.");

    public static HoldfastException WrongPassword(IVaultBackend backend, int keys) =>
        new(ErrorKind.Forbidden, "vault.wrong-password", $"The password {(keys == 1 ? "does not fit the key" : $"fits none of the {keys} keys")} of the vault {backend.Location}.", "Give the password that it was made with, or one added later.");

    public static HoldfastException KeyDamaged(IVaultBackend backend, VaultFile key, int whole) =>
        new(ErrorKind.Conflict, "vault.key-damaged", $"The file {key} of the vault {backend.Location} is damaged: its content is not what its name says. The password fits none of its {whole} other keys.",
            "Take that file from a copy of the vault, or give the password of another key.");

    public static HoldfastException TooNew(IVaultBackend backend, int version) =>
        new(ErrorKind.Conflict, "vault.too-new", $"The vault {backend.Location} has version {version} of the format; this program knows versions 1 to {VaultConfig.NewestVersion}.", "Use a newer release of Holdfast.");

    public static HoldfastException Damaged(IVaultBackend backend, VaultFile file, string what, Exception? inner = null) =>
        new(ErrorKind.Conflict, "vault.damaged", $"The file {file} of the vault {backend.Location} is damaged: {what}.", CheckHint, inner);

    public static HoldfastException BlobMissing(IVaultBackend backend, BlobKind kind, BlobId id) =>
        new(ErrorKind.NotFound, "blob.missing", $"The vault {backend.Location} has no {Name(kind)} blob {id} in its index.", "Find out what else is missing: holdfast vault check");

    public static HoldfastException BlobDamaged(IVaultBackend backend, in PackedBlob blob, string what) =>
        new(ErrorKind.Conflict, "blob.damaged", $"The {Name(blob.Kind)} blob {blob.Id} in pack {blob.Pack} of the vault {backend.Location} is damaged: {what}.", CheckHint);

    public static HoldfastException BlobTooLarge(int length) =>
        new(ErrorKind.Invalid, "blob.too-large", $"A blob of {length} bytes is more than a vault takes, {Packs.PackedBlobs.MaxContentBytes} bytes.", "Split the directory that has so many entries.");

    public static HoldfastException Abandoned(IVaultBackend backend) =>
        new(ErrorKind.Conflict, "vault.write-abandoned", $"A blob for the vault {backend.Location} was given up while another writer counted on it.", "Start the backup again; what is in the vault already is not sent again.");

    public static HoldfastException KeyMissing(IVaultBackend backend, string key) =>
        new(ErrorKind.NotFound, "vault.key-missing", $"The vault {backend.Location} has no key '{key}'.", "List the keys: holdfast vault key list");

    public static HoldfastException KeyAmbiguous(IVaultBackend backend, string key) =>
        new(ErrorKind.Invalid, "vault.key-ambiguous", $"More than one key of the vault {backend.Location} begins with '{key}'.", "Give more digits.");

    public static HoldfastException KeyInUse(string key) =>
        new(ErrorKind.Conflict, "vault.key-in-use", $"The key {key} is the one that this password opens.", "Remove it with another key's password, or replace it: holdfast vault key passwd");

    public static HoldfastException EmptyPassword() =>
        new(ErrorKind.Invalid, "vault.password-empty", "The password is empty.", "Give one with --password-file, HOLDFAST_PASSWORD_FILE or HOLDFAST_PASSWORD.");

    private static string Name(BlobKind kind) => kind == BlobKind.Tree ? "tree" : "data";
}
