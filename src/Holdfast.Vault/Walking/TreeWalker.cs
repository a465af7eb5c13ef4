using System.Collections.Concurrent;
using System.Text.Json;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Walking;

/// <summary>Goes through all trees below some roots, each once, level by level.</summary>
public static class TreeWalker
{
    /// <summary>How many trees are read at a time. Reading waits for the back end more than it computes.</summary>
    private static readonly int Readers = Math.Max(4, Environment.ProcessorCount * 2);

    /// <summary>Walks.</summary>
    /// <param name="source">Where trees are read.</param>
    /// <param name="roots">The trees to begin with.</param>
    /// <param name="visit">Is given each tree, from several threads at once.</param>
    /// <param name="unreadable">Is given each tree that cannot be read, with the reason; null to end the walk with it instead.</param>
    /// <param name="cancellationToken">Ends the walk.</param>
    /// <returns>The trees below the roots, those that cannot be read too.</returns>
    public static async Task<HashSet<BlobId>> WalkAsync(IBlobSource source, IEnumerable<BlobId> roots, Action<BlobId, TreeReferences> visit, Action<BlobId, HoldfastException>? unreadable, CancellationToken cancellationToken)
    {
        HashSet<BlobId> seen = [];
        await WalkAsync(source, roots, seen, visit, unreadable, cancellationToken);
        return seen;
    }

    /// <summary>Walks, and leaves out what was seen before.</summary>
    /// <param name="seen">The trees of walks before; those of this one are added.</param>
    public static async Task WalkAsync(IBlobSource source, IEnumerable<BlobId> roots, HashSet<BlobId> seen, Action<BlobId, TreeReferences> visit, Action<BlobId, HoldfastException>? unreadable, CancellationToken cancellationToken)
    {
        var level = roots.Where(seen.Add).ToList();
        while (level.Count > 0)
        {
            var found = new ConcurrentQueue<BlobId>();
            await Parallel.ForEachAsync(level, new ParallelOptions { MaxDegreeOfParallelism = Readers, CancellationToken = cancellationToken }, async (id, token) =>
            {
                try
                {
                    var tree = await ReadAsync(source, id, token);
                    visit(id, tree);
                    foreach (var subtree in tree.Subtrees) found.Enqueue(subtree);
                }
                catch (HoldfastException error) when (unreadable is not null && error.Kind != ErrorKind.Unavailable)
                {
                    unreadable(id, error);
                }
            });
            level = [.. found.Where(seen.Add)];
        }
    }

    /// <summary>Every blob that these trees need, the trees too.</summary>
    /// <exception cref="HoldfastException">A tree cannot be read: what it needs is not known.</exception>
    public static Task<HashSet<BlobHandle>> FindUsedAsync(IBlobSource source, IEnumerable<BlobId> roots, CancellationToken cancellationToken) => FindUsedAsync(source, roots, [], cancellationToken);

    /// <summary>Every blob that these trees need beside what the trees of walks before need.</summary>
    public static async Task<HashSet<BlobHandle>> FindUsedAsync(IBlobSource source, IEnumerable<BlobId> roots, HashSet<BlobId> seen, CancellationToken cancellationToken)
    {
        HashSet<BlobHandle> used = [];
        await WalkAsync(source, roots, seen, (id, tree) =>
        {
            lock (used)
            {
                used.Add(new(BlobKind.Tree, id));
                foreach (var blob in tree.Content) used.Add(new(BlobKind.Data, blob));
            }
        }, unreadable: null, cancellationToken);
        return used;
    }

    private static async Task<TreeReferences> ReadAsync(IBlobSource source, BlobId id, CancellationToken cancellationToken)
    {
        var json = await source.LoadAsync(BlobKind.Tree, id, cancellationToken);
        try
        {
            return TreeReferences.Read(json);
        }
        catch (JsonException wrong)
        {
            throw new HoldfastException(ErrorKind.Conflict, "tree.damaged", $"The tree {id} is not the JSON of one: {wrong.Message}", "See what is affected: holdfast vault check", wrong);
        }
    }
}
