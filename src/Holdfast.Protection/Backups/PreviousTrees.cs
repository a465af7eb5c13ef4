using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>Trees of the snapshot before, some of them read a little before the walk comes to them: it would wait for each. Used by the walk alone.</summary>
/// <param name="source">Where they are.</param>
internal sealed class PreviousTrees(IBlobSource source)
{
    // Enough to have the next one ready; what is large takes its memory only when it is needed.
    private const int MaxAhead = 8;
    private const int MaxBytes = 256 * 1024;

    private readonly Queue<(BlobId Id, Task<Tree> Loading)> _ahead = new();

    /// <summary>Begins to read a tree that will be needed soon.</summary>
    public void Expect(BlobId id, CancellationToken cancellationToken)
    {
        if (_ahead.Any(one => one.Id == id) || !source.TryGetLength(BlobKind.Tree, id, out var length) || length > MaxBytes) return;
        // The walk may never ask for the oldest: the directory may be gone.
        if (_ahead.Count == MaxAhead) _ahead.Dequeue();
        _ahead.Enqueue((id, Task.Run(() => Tree.LoadAsync(source, id, cancellationToken), cancellationToken)));
    }

    /// <summary>The tree.</summary>
    /// <exception cref="HoldfastException"><c>tree.damaged</c>, or what the source says.</exception>
    public Task<Tree> LoadAsync(BlobId id, CancellationToken cancellationToken) =>
        _ahead.FirstOrDefault(one => one.Id == id).Loading ?? Tree.LoadAsync(source, id, cancellationToken);
}
