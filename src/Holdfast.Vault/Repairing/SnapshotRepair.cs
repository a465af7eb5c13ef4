using Holdfast.Vault.Blobs;
using Holdfast.Vault.Locks;
using Holdfast.Vault.Pruning;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Trees;

namespace Holdfast.Vault.Repairing;

/// <summary>Writes snapshots that lost blobs anew with what is left of them. Needs an exclusive lock and the index loaded.</summary>
/// <remarks>What is left carries the tag <see cref="ReservedTags.Repaired"/>. The one before stays until it is asked to go: nothing is found out later about one that is gone.</remarks>
public sealed class SnapshotRepair(VaultRepository vault)
{
    private readonly Dictionary<BlobId, BlobId> _repaired = [];
    private readonly List<RepairedTree> _changes = [];

    /// <summary>Gets the trees of which something is lost.</summary>
    public IReadOnlyList<RepairedTree> Changes => _changes;

    /// <summary>The repaired form of a snapshot; null when nothing of it is lost. In a rehearsal nothing is written.</summary>
    public async Task<Snapshot?> RepairAsync(Snapshot snapshot, bool rehearse, CancellationToken cancellationToken)
    {
        var tree = await RepairAsync(snapshot.Tree, rehearse, cancellationToken);
        return tree == snapshot.Tree ? null : TagChange.Rewritten(snapshot) with { Tree = tree, Tags = [.. snapshot.Tags.Append(ReservedTags.Repaired).Distinct()] };
    }

    /// <summary>How many packs are in no index: what seems to be lost may be in them, and should be looked for there first.</summary>
    public async Task<int> CountUnlistedPacksAsync(CancellationToken cancellationToken)
    {
        var listed = vault.Index.Files.SelectMany(file => file.Packs).ToHashSet();
        return (await Pruner.ListPacksAsync(vault, cancellationToken)).Keys.Count(pack => !listed.Contains(pack));
    }

    /// <summary>Writes a repaired snapshot, and removes the one before if that is asked for.</summary>
    /// <param name="before">The one before.</param>
    /// <param name="after">Its repaired form.</param>
    /// <param name="there">The snapshots that are there: a repair that was asked for twice, or died between writing and removing, has left this one already.</param>
    /// <param name="forget">Whether the one before goes.</param>
    /// <param name="held">The exclusive lock.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Snapshot> SaveAsync(Snapshot before, Snapshot after, IEnumerable<Snapshot> there, bool forget, VaultLock held, CancellationToken cancellationToken)
    {
        await vault.FlushAsync(cancellationToken);
        await held.EnsureHeldAsync(cancellationToken);
        var saved = there.FirstOrDefault(one => one.Id != before.Id && one.Tree == after.Tree && one.LastingId == after.LastingId && one.HasTag(ReservedTags.Repaired))
            ?? await SnapshotFiles.SaveAsync(vault, after, cancellationToken);
        if (forget) await SnapshotFiles.RemoveAsync(vault, before, cancellationToken);
        return saved;
    }

    private async Task<BlobId> RepairAsync(BlobId id, bool rehearse, CancellationToken cancellationToken)
    {
        if (_repaired.TryGetValue(id, out var known)) return known;

        Tree after;
        try
        {
            var tree = await Tree.LoadAsync(vault, id, cancellationToken);
            foreach (var subtree in tree.Nodes.Where(node => node.Type == NodeType.Directory)) await RepairAsync(subtree.Subtree ?? default, rehearse, cancellationToken);
            if (TreeRepair.Rewrite(tree, LengthOf, subtree => _repaired[subtree ?? default]) is not { } rest) return _repaired[id] = id;
            _changes.Add(new(id, "files of it lost blobs, or directories below it did"));
            after = rest;
        }
        catch (HoldfastException lost) when (lost.Kind != ErrorKind.Unavailable)
        {
            _changes.Add(new(id, lost.Message));
            after = Tree.Empty;
        }

        return _repaired[id] = rehearse ? IdOf(after) : (await after.SaveAsync(vault, cancellationToken)).Id;
    }

    private static BlobId IdOf(Tree tree)
    {
        using var text = TreeJson.Write(tree.Nodes);
        return BlobId.Of(text.Written.Span);
    }

    private int? LengthOf(BlobId blob) => vault.TryGetLength(BlobKind.Data, blob, out var length) ? length : null;
}

/// <summary>A tree of which something is lost.</summary>
/// <param name="Tree">Its id before.</param>
/// <param name="Reason">What is lost.</param>
public sealed record RepairedTree(BlobId Tree, string Reason);
