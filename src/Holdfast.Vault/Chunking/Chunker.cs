using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Holdfast.Vault.Chunking;

/// <summary>Where restic cuts a file: after a byte at which the Rabin fingerprint of the last 64 bytes ends in 20 zero bits, but no chunk shorter than
/// 512 KiB or longer than 8 MiB, so that an insertion moves only the cuts beside it. Immutable and thread safe.</summary>
public sealed class Chunker
{
    /// <summary>No chunk but the last of a file is shorter, in bytes.</summary>
    public const int MinBytes = 512 * 1024;

    /// <summary>No chunk is longer, in bytes.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    private const ulong SplitMask = (1 << 20) - 1;

    // Each step of the hash waits for the one before it (a look-up, about seven cycles), so four places are hashed at once. This long each:
    // shorter wastes more on filling windows, longer on what is hashed past the cut.
    private const int LaneBytes = 8 * 1024;
    private const int Lanes = 4;

    private readonly RabinTables _tables;

    /// <summary>For a vault's polynomial (<c>chunker_polynomial</c> of its config).</summary>
    /// <exception cref="ArgumentException">It is not irreducible of degree 53.</exception>
    public Chunker(ulong polynomial)
    {
        if (!IsSound(polynomial)) throw new ArgumentException($"{polynomial:x} is no irreducible polynomial of degree {Polynomial.ChunkerDegree}.", nameof(polynomial));
        _tables = new(new Polynomial(polynomial));
    }

    /// <summary>Whether a chunker can be made for it.</summary>
    public static bool IsSound(ulong polynomial) => new Polynomial(polynomial) is { Degree: Polynomial.ChunkerDegree } candidate && candidate.IsIrreducible();

    /// <summary>A polynomial for a new vault.</summary>
    public static ulong RandomPolynomial() => Polynomial.Random().Bits;

    /// <summary>Finds the end of the chunk that begins with the data.</summary>
    /// <param name="data">The content from the chunk's first byte on, as much of it as is there.</param>
    /// <param name="scanned">How many bytes of it an earlier call has seen and found no cut in; 0 the first time.</param>
    /// <returns>The chunk's length, or 0 when its end is not in the data (at the end of a file, all that is left is the last chunk).</returns>
    /// <remarks>Whatever the pieces in which the data arrives, the cuts are the same: a cut depends on the 64 bytes before it and the chunk's length alone.</remarks>
    public int FindCut(ReadOnlySpan<byte> data, int scanned = 0)
    {
        var limit = Math.Min(data.Length, MaxBytes);
        // A cut after byte i makes a chunk of i + 1 bytes.
        var next = Math.Max(scanned, MinBytes - 1);
        while (limit - next >= Lanes * LaneBytes)
        {
            if (ScanLanes(data, next) is >= 0 and var cut) return cut + 1;
            next += Lanes * LaneBytes;
        }

        if (next < limit && Scan(data, next, limit) is >= 0 and var last) return last + 1;
        return limit == MaxBytes ? MaxBytes : 0;
    }

    private int Scan(ReadOnlySpan<byte> data, int from, int to)
    {
        ref var bytes = ref MemoryMarshal.GetReference(data);
        ref var reduce = ref MemoryMarshal.GetArrayDataReference(_tables.Reduce);
        ref var leave = ref MemoryMarshal.GetArrayDataReference(_tables.Leave);
        var digest = Fill(data, from);
        for (nint i = from; i < to; i++)
        {
            digest = Step(digest, ref bytes, i, ref reduce, ref leave);
            if ((digest & SplitMask) == 0) return (int)i;
        }

        return -1;
    }

    private int ScanLanes(ReadOnlySpan<byte> data, int from)
    {
        ref var bytes = ref MemoryMarshal.GetReference(data);
        ref var reduce = ref MemoryMarshal.GetArrayDataReference(_tables.Reduce);
        ref var leave = ref MemoryMarshal.GetArrayDataReference(_tables.Leave);
        var a = Fill(data, from);
        var b = Fill(data, from + LaneBytes);
        var c = Fill(data, from + (2 * LaneBytes));
        var d = Fill(data, from + (3 * LaneBytes));
        // Branches that are hardly ever taken cost less here than any way to join the four tests.
        for (nint i = from; i < from + LaneBytes; i++)
        {
            a = Step(a, ref bytes, i, ref reduce, ref leave);
            b = Step(b, ref bytes, i + LaneBytes, ref reduce, ref leave);
            c = Step(c, ref bytes, i + (2 * LaneBytes), ref reduce, ref leave);
            d = Step(d, ref bytes, i + (3 * LaneBytes), ref reduce, ref leave);
            if ((a & SplitMask) == 0) return (int)i; // Nothing can come before it.
            if ((b & SplitMask) == 0) return Earliest(data, from, (int)i + LaneBytes);
            if ((c & SplitMask) == 0) return Earliest(data, from, (int)i + (2 * LaneBytes));
            if ((d & SplitMask) == 0) return Earliest(data, from, (int)i + (3 * LaneBytes));
        }

        return -1;
    }

    // A later lane has found a cut before the earlier ones were through: once a chunk, what is before it is hashed again.
    private int Earliest(ReadOnlySpan<byte> data, int from, int found) => Scan(data, from, found) is >= 0 and var earlier ? earlier : found;

    /// <summary>The digest of the 64 bytes before a place.</summary>
    private ulong Fill(ReadOnlySpan<byte> data, int before)
    {
        var digest = 0UL;
        foreach (var value in data.Slice(before - RabinTables.Window, RabinTables.Window)) digest = _tables.Push(digest, value);
        return digest;
    }

    // Both tables have 256 entries and the place is at least a window into the data: no bounds to check.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Step(ulong digest, ref byte bytes, nint at, ref ulong reduce, ref ulong leave) =>
        ((digest << 8) | Unsafe.Add(ref bytes, at))
        ^ Unsafe.Add(ref leave, (nint)Unsafe.Add(ref bytes, at - RabinTables.Window))
        ^ Unsafe.Add(ref reduce, (nint)(byte)(digest >> RabinTables.TopShift));
}
