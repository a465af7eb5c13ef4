using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Checking;

/// <summary>The problems that a check can find, each in one wording.</summary>
internal static class Problems
{
    private const string RepairIndex = "The index is to be written anew: holdfast vault repair index.";
    private const string RepairSnapshots = "What is affected is named below; what is left of it can be kept: holdfast vault repair snapshots.";
    private const string FirstIndex = "It may be in a pack that no index lists. First: holdfast vault repair index; then check again. Do not repair snapshots before that.";
    private const string Tidy = "Nothing is lost; a prune removes it.";

    public static VaultProblem IndexDamaged(VaultFile file, HoldfastException error) => Error("check.index-damaged", file, error.Message, "What only it lists cannot be found. " + RepairIndex);

    public static VaultProblem SnapshotDamaged(VaultFile file, HoldfastException error) => Error("check.snapshot-damaged", file, error.Message, "This snapshot is lost, and prune refuses to run while it is there. Take the file from a copy of the vault, or remove it.");

    public static VaultProblem KeyDamaged(VaultFile file) => Error("check.key-damaged", file, "its content is not what its name says", "Its password may no longer open the vault. Give that password anew with another one: holdfast vault key add; then remove this one.");

    public static VaultProblem LockDamaged(VaultFile file, HoldfastException error) => Hint("check.lock-damaged", file.ToString(), error.Message.TrimEnd('.'), "Nothing is lost, and nobody is kept out by it. When nobody is at work: holdfast vault unlock --remove-all.");

    public static VaultProblem PackMissing(BlobId pack) => Error("check.pack-missing", Pack(pack), "it is gone, though the index lists it", "Its content is lost unless other packs have it. " + RepairIndex);

    public static VaultProblem PackLength(BlobId pack, long length, long expected) => Error("check.pack-length", Pack(pack), $"it has {length} bytes, and {expected} by the index", "It was cut off or overwritten. What can be read of it can be kept: holdfast vault repair packs.");

    /// <param name="pack">The pack.</param>
    /// <param name="isMissed">Whether something is in no index that snapshots need: then it may be in this one.</param>
    public static VaultProblem PackUnlisted(BlobId pack, bool isMissed) => Hint("check.pack-unlisted", Pack(pack), "no index lists it",
        isMissed ? "What is missing may be in it: holdfast vault repair index." : "An interrupted backup or prune left it. " + Tidy);

    public static VaultProblem PackTwice(BlobId pack, int files) => Hint("check.pack-twice", Pack(pack), $"{files} index files list it", "Nothing is lost; repair index tidies it up.");

    public static VaultProblem PackMixed(BlobId pack) => Hint("check.pack-mixed", Pack(pack), "it has data and trees, as old programs wrote it", "Nothing is lost; a prune takes it apart.");

    public static VaultProblem PackDamaged(BlobId pack, string what) => Error("check.pack-damaged", Pack(pack), what, "What can be read of it can be kept: holdfast vault repair packs.");

    public static VaultProblem PackUnreadable(BlobId pack, HoldfastException error) => Error("check.pack-unreadable", Pack(pack), error.Message, "Whether its content is whole is not known.");

    public static VaultProblem BlobDamaged(PackedBlob blob, string what) => Error("check.blob-damaged", Pack(blob.Pack), $"the {Name(blob.Kind)} blob {blob.Id} at {blob.Offset} is damaged: {what}", "What can be read of the pack can be kept: holdfast vault repair packs.");

    public static VaultProblem TreeUnreadable(BlobId tree, HoldfastException error, bool mayBeUnlisted) =>
        Error("check.tree-unreadable", "tree " + tree, error.Message, mayBeUnlisted ? FirstIndex : "Everything below that directory is lost. " + RepairSnapshots);

    public static VaultProblem TreeFault(BlobId tree, string fault) => Error("check.tree-fault", "tree " + tree, fault, "A program wrote it wrong; what is affected cannot be restored.");

    public static VaultProblem DataMissing(BlobId tree, BlobId blob, bool mayBeUnlisted) =>
        Error("check.data-missing", "tree " + tree, $"a file of it needs the data blob {blob}, which is in no index", mayBeUnlisted ? FirstIndex : "That file cannot be restored whole. " + RepairSnapshots);

    public static VaultProblem SnapshotAffected(Snapshot snapshot, bool mayBeUnlisted) => Error("check.snapshot-affected", $"snapshots/{snapshot.Id}", $"it cannot be restored whole ({snapshot.Hostname}, {string.Join(", ", snapshot.Paths)}, {snapshot.Time:yyyy-MM-dd HH:mm})",
        mayBeUnlisted ? "What it lacks may be in a pack that no index lists. First: holdfast vault repair index." : "What is left of it can be kept: holdfast vault repair snapshots.");

    private static VaultProblem Error(string code, VaultFile file, string message, string meaning) => Error(code, file.ToString(), message, meaning);

    private static VaultProblem Error(string code, string file, string message, string meaning) => new(ProblemKind.Error, code, file, message.TrimEnd('.'), meaning);

    private static VaultProblem Hint(string code, string file, string message, string meaning) => new(ProblemKind.Hint, code, file, message, meaning);

    private static string Pack(BlobId pack) => new VaultFile(VaultFileKind.Pack, pack.ToString()).ToString();

    private static string Name(BlobKind kind) => kind == BlobKind.Tree ? "tree" : "data";
}
