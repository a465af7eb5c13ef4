namespace Holdfast.Vault.Blobs;

/// <summary>Where blobs are written to: a vault, or memory. May be called from many threads at once.</summary>
public interface IBlobSink
{
    /// <summary>Stores a blob unless it is there already. The content may be reused by the caller when the task has ended; the blob is kept for good
    /// only after <see cref="FlushAsync"/>.</summary>
    /// <remarks>Hashing, compression and encryption happen on the calling thread: who wants them in parallel calls in parallel.</remarks>
    ValueTask<SavedBlob> SaveAsync(BlobKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken);

    /// <summary>Returns when everything saved so far can be found by whoever opens the vault anew: packs and their index are written.</summary>
    Task FlushAsync(CancellationToken cancellationToken);
}

/// <summary>What became of a blob.</summary>
/// <param name="Id">Its id.</param>
/// <param name="IsNew">Whether it was not there yet.</param>
/// <param name="AddedBytes">What it takes in the vault, 0 when it was there.</param>
public readonly record struct SavedBlob(BlobId Id, bool IsNew, int AddedBytes);
