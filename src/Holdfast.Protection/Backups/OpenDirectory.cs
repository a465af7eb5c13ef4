using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>A directory of the snapshot whose entries are not all saved.</summary>
internal sealed class OpenDirectory(OpenDirectory? parent, int slot, string path, Node? node, Node? before)
{
    private readonly Lock _lock = new();
    private readonly List<Node?> _entries = [];
    private readonly List<Node> _fresh = [];
    private readonly List<BlobId> _checkpointed = [];
    private int _pending = 1; // The walk's own, until it has seen all entries.

    public OpenDirectory? Parent => parent;

    /// <summary>Gets its place among the entries of the parent.</summary>
    public int Slot => slot;

    /// <summary>Gets its path in the snapshot.</summary>
    public string Path => path;

    /// <summary>Gets its own node without the subtree; null for the root.</summary>
    public Node? Node => node;

    /// <summary>Gets what the snapshot before has in its place.</summary>
    public Node? Before => before;

    /// <summary>Gets what is known of its entries, once the walk has read that.</summary>
    public PreviousDirectory Previous { get; set; } = PreviousDirectory.None;

    /// <summary>Makes a place for the next entry.</summary>
    public int AddSlot()
    {
        lock (_lock)
        {
            _entries.Add(null);
            _pending++;
            return _entries.Count - 1;
        }
    }

    /// <summary>Takes an entry; null when it cannot be saved. Returns whether it was the last.</summary>
    public bool Complete(int at, Node? entry, bool remember)
    {
        lock (_lock)
        {
            _entries[at] = entry;
            if (remember && entry is not null) _fresh.Add(entry);
            return --_pending == 0;
        }
    }

    /// <summary>Ends the walk's own hold. Returns whether all entries are there.</summary>
    public bool EndWalk()
    {
        lock (_lock) return --_pending == 0;
    }

    /// <summary>The entries that are there; only when all are.</summary>
    public List<Node> Entries()
    {
        lock (_lock)
        {
            List<Node> entries = new(_entries.Count);
            foreach (var entry in _entries)
            {
                if (entry is not null) entries.Add(entry);
            }

            return entries;
        }
    }

    /// <summary>The entries that no checkpoint has told of; when many trees hold the earlier ones, all of them in one.</summary>
    public (IReadOnlyList<Node> Fresh, IReadOnlyList<BlobId> Earlier) TakeFresh(int maxTrees)
    {
        lock (_lock)
        {
            if (_checkpointed.Count >= maxTrees && _fresh.Count > 0)
            {
                _fresh.Clear();
                _checkpointed.Clear();
                foreach (var entry in _entries)
                {
                    if (entry is not null) _fresh.Add(entry);
                }
            }

            Node[] fresh = [.. _fresh];
            _fresh.Clear();
            Array.Sort(fresh, static (a, b) => ByteText.Compare(a.Name, b.Name));
            return (fresh, [.. _checkpointed]);
        }
    }

    public void AddCheckpointed(BlobId tree)
    {
        lock (_lock) _checkpointed.Add(tree);
    }
}
