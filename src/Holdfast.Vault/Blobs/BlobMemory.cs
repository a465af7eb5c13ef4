using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Holdfast.Vault.Packs;

namespace Holdfast.Vault.Blobs;

/// <summary>Memory that is lent for one blob or one pack. Thread safe.</summary>
/// <remarks>
/// The shared pool keeps arrays for each thread and each power of two: with blobs of half a megabyte to eight that came to more than all the rest of a backup. Here all
/// blobs share one size, the last one given back is lent first, and the kernel gives only the pages that were written to.
/// </remarks>
public static partial class BlobMemory
{
    private const int SmallBytes = 64 * 1024;

    // What the longest chunk takes when it is sealed.
    private const int BlobBytes = (8 * 1024 * 1024) + 4096;

    // Most chunks are no longer.
    private const int UsualBytes = 2 * 1024 * 1024;
    private const int PageBytes = 4096;
    private const int DoNotNeed = 4;

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

    /// <summary>Takes back what was lent for a chunk or a pack, and gives the kernel what is not needed again at once: of a chunk what only a long one takes, or each array would be as large, in time, as the
    /// longest that ever was in it; of a pack all, for while the next one fills there are two.</summary>
    public static void ReturnTrimmed(byte[] lent)
    {
        if (lent.Length == BlobBytes) Trim(lent, UsualBytes);
        else if (lent.Length == PackBuilder.BufferBytes) Trim(lent, 0);
        Return(lent);
    }

    // Pinned, so it stays where it is; whole pages of it only. What is in them is nobody's any more.
    private static unsafe void Trim(byte[] lent, int kept)
    {
        var start = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(lent));
        var first = (start + (nuint)kept + PageBytes - 1) & ~(nuint)(PageBytes - 1);
        var end = (start + (nuint)lent.Length) & ~(nuint)(PageBytes - 1);
        madvise((void*)first, end - first, DoNotNeed);
    }

    [LibraryImport("libc")] private static unsafe partial int madvise(void* address, nuint length, int advice);

    private static byte[] Take(ConcurrentStack<byte[]> idle, int length) => idle.TryPop(out var buffer) ? buffer : GC.AllocateUninitializedArray<byte>(length, pinned: true);
}
