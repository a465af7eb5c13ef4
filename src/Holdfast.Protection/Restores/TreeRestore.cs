using Holdfast.Protection.Backups;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Restores;

/// <summary>Writes what a snapshot holds into a directory. What is there already is compared and only differences are written.</summary>
/// <remarks>No file's content is in memory whole, and no more than a batch of the plan. An error of one file is reported and the restore goes on.</remarks>
/// <param name="vault">With its index loaded.</param>
/// <param name="time">The clock of the progress.</param>
public sealed class TreeRestore(VaultRepository vault, TimeProvider time)
{
    /// <summary>Gets how far it is.</summary>
    public BackupMeter Meter { get; } = new(time);

    /// <summary>Restores.</summary>
    /// <exception cref="HoldfastException"><c>restore.target</c>, <c>restore.selection</c>, or what the vault says.</exception>
    public async Task<RestoreResult> RunAsync(RestoreRequest request, CancellationToken cancellationToken)
    {
        request.Selection.Validate();
        if (!request.DryRun) MakeTarget(request.Target);
        var log = new RestoreLog(request, Meter);
        using var target = request.DryRun && !Directory.Exists(request.Target) ? null : TargetRoot.Open(request.Target);
        await new RestoreWalk(vault, target, request, log, Meter).RunAsync(cancellationToken);
        if (request.Verify && !request.DryRun) await new RestoreVerify(vault, target!, request, log).RunAsync(cancellationToken);
        return log.Result;
    }

    /// <summary>The tree of a path in a snapshot, to restore only that.</summary>
    /// <exception cref="HoldfastException"><c>snapshot.path-not-found</c>.</exception>
    public static async Task<BlobId> FindAsync(IBlobSource source, BlobId root, string path, CancellationToken cancellationToken)
    {
        var tree = root;
        foreach (var name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            var node = (await Tree.LoadAsync(source, tree, cancellationToken)).Find(name);
            tree = node?.Subtree ?? throw new HoldfastException(ErrorKind.NotFound, "snapshot.path-not-found", $"The snapshot has no directory '{path}'.",
                node is null ? "See what there is: holdfast ls" : $"'{ByteText.ToPrintable(name)}' is none; to restore only that, leave the path out: --include '{path}'.");
        }

        return tree;
    }

    private static void MakeTarget(string path)
    {
        try
        {
            Directory.CreateDirectory(path);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "restore.target", $"'{path}' cannot be made: {refused.Message}", "Name a directory with --target.", refused);
        }
    }
}
