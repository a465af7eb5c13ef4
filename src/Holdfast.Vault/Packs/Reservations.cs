using Holdfast.Vault.Blobs;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Packs;

/// <summary>Blobs on their way into a pack, so that two threads that save the same store it once. Thread safe.</summary>
internal sealed class Reservations(VaultIndex index)
{
    private readonly Lock _lock = new();

    // The value: whether somebody else was told that the blob is as good as there.
    private readonly Dictionary<(BlobKind Kind, BlobId Id), bool> _pending = [];

    /// <summary>True: the caller must store it. False: it is there, or on its way.</summary>
    public bool TryReserve(BlobKind kind, BlobId id)
    {
        lock (_lock)
        {
            if (!_pending.TryAdd((kind, id), false))
            {
                _pending[(kind, id)] = true;
                return false;
            }

            // After the reservation, not before: a blob enters the index before its reservation ends, so it is always in one of the two.
            if (!index.TryFind(kind, id, out _)) return true;
            _pending.Remove((kind, id));
            return false;
        }
    }

    /// <summary>They are in the index now.</summary>
    public void Settle(ReadOnlySpan<PackedBlob> blobs)
    {
        lock (_lock)
        {
            foreach (ref readonly var blob in blobs) _pending.Remove((blob.Kind, blob.Id));
        }
    }

    /// <summary>It will not be stored after all; returns whether somebody counts on it.</summary>
    public bool Abandon(BlobKind kind, BlobId id)
    {
        lock (_lock) return _pending.Remove((kind, id), out var counted) && counted;
    }
}
