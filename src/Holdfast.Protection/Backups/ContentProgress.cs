using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Backups;

/// <summary>A content's blobs in order, while they are saved in any order.</summary>
/// <param name="offset">Where it is taken up.</param>
/// <param name="content">The blobs up to there.</param>
/// <param name="gate">Who is told what was saved.</param>
internal sealed class ContentProgress(long offset, IReadOnlyList<BlobId> content, CheckpointGate? gate = null)
{
    private readonly Lock _lock = new();
    private readonly List<BlobId> _content = [.. content];
    private readonly Dictionary<int, (BlobId Id, int Length, bool IsZeros)> _early = [];
    private int _reserved;
    private int _inOrder;
    private long _reservedEnd = offset;
    private long _savedEnd = offset;
    private long _savedReadBytes;

    /// <summary>Gets where the next chunk begins; at the end, the content's length.</summary>
    public long Offset
    {
        get
        {
            lock (_lock) return _reservedEnd;
        }
    }

    /// <summary>Takes the next place.</summary>
    public int Reserve(int length)
    {
        lock (_lock)
        {
            _reservedEnd += length;
            return _reserved++;
        }
    }

    /// <summary>A chunk is saved.</summary>
    public void Complete(int at, BlobId id, int length, bool isZeros = false)
    {
        lock (_lock)
        {
            _early.Add(at, (id, length, isZeros));
            while (_early.Remove(_inOrder, out var next))
            {
                _inOrder++;
                _content.Add(next.Id);
                _savedEnd += next.Length;
                if (!next.IsZeros) _savedReadBytes += next.Length;
            }
        }

        if (!isZeros) gate?.AddSaved(length);
    }

    /// <summary>Up to where all chunks are saved, which they are, and how much of that was read and not skipped.</summary>
    public (long Offset, BlobId[] Content, long ReadBytes) Saved()
    {
        lock (_lock) return (_savedEnd, [.. _content], _savedReadBytes);
    }
}
