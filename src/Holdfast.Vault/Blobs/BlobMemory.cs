using System.Buffers;
using System.Collections.Concurrent;
using Holdfast.Vault.Packs;

namespace Holdfast.Vault.Blobs;

/// <summary>Memory that is lent for one blob or one pack. Thread safe.</summary>
/// <remarks>
/// The shared pool keeps arrays for each thread and each power of two: with blobs of half a megabyte to eight that came to more than all the rest of a backup. Here all
/// blobs share one size, the last one given back is lent first, and the kernel gives only the pages that were written to.
/// </remarks>
public static class BlobMemory
{
    private const int SmallBytes = 64 * 1024;

    // What the longest chunk takes when it is sealed.
    private const int BlobBytes = (8 * 1024 * 1024) + 4096;

    private static readonly ConcurrentStack<byte[]> Blobs = [];
    private static readonly ConcurrentStack<byte[]> Packs = [];

    /// <summary>Lends at least so many bytes, with anything in them.</summary>
    public static byte[] Rent(int length) =>
        length <= SmallBytes ? ArrayPool<byte>.Shared.Rent(length)
        : length <= BlobBytes ? Take(Blobs, BlobBytes)
        : length <= PackBuilder.BufferBytes ? Take(Packs, PackBuilder.BufferBytes)
        : GC.AllocateUninitializedArray<byte>(length); // A pack or a tree that is larger than is usual: not kept.

    /// <summary>Takes back what was lent.</summary>
    public static void Return(byte[] lent)
    {
        if (lent.Length == BlobBytes) Blobs.Push(lent);
        else if (lent.Length == PackBuilder.BufferBytes) Packs.Push(lent);
        else if (lent.Length <= 2 * SmallBytes) ArrayPool<byte>.Shared.Return(lent);
    }

    private static byte[] Take(ConcurrentStack<byte[]> idle, int length) => idle.TryPop(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(length, pinned: true);
}
