using System.Buffers.Binary;
using Holdfast.Vault.Backends;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Crypto;
using Holdfast.Vault.Repository;

namespace Holdfast.Vault.Packs;

/// <summary>Reads packs from a back end.</summary>
internal sealed class PackReader(IVaultBackend backend, MasterKey key, BlobCodec codec)
{
    // The header of a pack of content-defined chunks fits: one request instead of two.
    private const int EagerHeaderBytes = 4 * 1024;

    // What lies between two wanted blobs is read along if it costs less than another request.
    private const uint MaxGapBytes = 256 * 1024;
    private const uint MaxRangeBytes = 8 * 1024 * 1024;

    public async Task<byte[]> LoadAsync(PackedBlob blob, CancellationToken cancellationToken)
    {
        var box = BlobMemory.Rent((int)blob.Length);
        try
        {
            await backend.ReadAsync(FileOf(blob.Pack), blob.Offset, box.AsMemory(0, (int)blob.Length), cancellationToken);
            var content = GC.AllocateUninitializedArray<byte>(blob.ContentLength);
            return codec.Open(blob, box.AsSpan(0, (int)blob.Length), content) is { } wrong ? throw VaultErrors.BlobDamaged(backend, blob, wrong) : content;
        }
        finally
        {
            BlobMemory.Return(box);
        }
    }

    public async Task<IReadOnlyList<PackedBlob>> ReadHeaderAsync(BlobId pack, long length, CancellationToken cancellationToken)
    {
        var file = FileOf(pack);
        if (length < PackHeader.TrailerBytes + Sealer.Overhead) throw VaultErrors.Damaged(backend, file, $"{length} bytes are too few for a pack");
        var tail = new byte[(int)Math.Min(length, EagerHeaderBytes)];
        await backend.ReadAsync(file, length - tail.Length, tail, cancellationToken);
        var boxLength = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(tail.Length - PackHeader.TrailerBytes));
        if (boxLength < Sealer.Overhead || boxLength > Math.Min(length - PackHeader.TrailerBytes, PackHeader.MaxBytes)) throw VaultErrors.Damaged(backend, file, $"its header cannot have {boxLength} bytes");
        var boxAt = length - PackHeader.TrailerBytes - boxLength;
        var box = tail.AsMemory(0, tail.Length - PackHeader.TrailerBytes);
        if (boxLength <= box.Length)
        {
            box = box[^(int)boxLength..];
        }
        else
        {
            box = new byte[(int)boxLength];
            await backend.ReadAsync(file, boxAt, box, cancellationToken);
        }

        var header = key.Open(box.Span) ?? throw VaultErrors.Damaged(backend, file, "the seal of its header is broken");
        var entries = PackHeader.Read(header, boxAt) ?? throw VaultErrors.Damaged(backend, file, "its header does not describe it");
        return [.. entries.Select(entry => entry.In(pack))];
    }

    /// <summary>Reads blobs of one pack with few requests, in the order of the pack.</summary>
    public async Task ReadAsync(BlobId pack, IReadOnlyList<PackedBlob> blobs, Func<PackedBlob, ReadOnlyMemory<byte>, ValueTask> receive, Func<PackedBlob, HoldfastException, ValueTask<byte[]>> damaged, CancellationToken cancellationToken)
    {
        var sorted = blobs.ToArray();
        Array.Sort(sorted, static (a, b) => a.Offset.CompareTo(b.Offset));
        for (var first = 0; first < sorted.Length;)
        {
            var start = sorted[first].Offset;
            long end = (long)start + sorted[first].Length;
            var next = first + 1;
            while (next < sorted.Length && sorted[next].Offset <= end + MaxGapBytes && (long)sorted[next].Offset + sorted[next].Length - start <= MaxRangeBytes)
            {
                end = Math.Max(end, (long)sorted[next].Offset + sorted[next].Length);
                next++;
            }

            await ReadRangeAsync(pack, sorted.AsMemory(first, next - first), start, (int)(end - start), receive, damaged, cancellationToken);
            first = next;
        }
    }

    private async Task ReadRangeAsync(BlobId pack, ReadOnlyMemory<PackedBlob> blobs, uint start, int length, Func<PackedBlob, ReadOnlyMemory<byte>, ValueTask> receive, Func<PackedBlob, HoldfastException, ValueTask<byte[]>> damaged, CancellationToken cancellationToken)
    {
        var range = BlobMemory.Rent(length);
        try
        {
            await backend.ReadAsync(FileOf(pack), start, range.AsMemory(0, length), cancellationToken);
            for (var i = 0; i < blobs.Length; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var blob = blobs.Span[i];
                var content = BlobMemory.Rent(blob.ContentLength);
                try
                {
                    var wrong = codec.Open(blob, range.AsSpan((int)(blob.Offset - start), (int)blob.Length), content.AsSpan(0, blob.ContentLength));
                    await receive(blob, wrong is null ? content.AsMemory(0, blob.ContentLength) : await damaged(blob, VaultErrors.BlobDamaged(backend, blob, wrong)));
                }
                finally
                {
                    BlobMemory.Return(content);
                }
            }
        }
        finally
        {
            BlobMemory.Return(range);
        }
    }

    private static VaultFile FileOf(BlobId pack) => new(VaultFileKind.Pack, pack.ToString());
}
