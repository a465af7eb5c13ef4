using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Holdfast.Vault.Crypto;

/// <summary>scrypt's ROMix (RFC 7914, section 5) of two lanes at once, one in each half of a vector.</summary>
/// <remarks>
/// A step of Salsa20 waits for the one before it, so a processor works on a second lane while the first waits: two take as long as one. The words of a block
/// lie by diagonals, which makes the rounds of columns and of rows the same but for a shuffle.
/// </remarks>
internal static unsafe class TwoLanes
{
    private const int WordsPerBlock = 16;
    private const int Diagonals = 4; // Vectors per block.
    private const int MaxBlockSize = 64;

    /// <summary>Whether this machine can, with blocks of a size that fits on the stack.</summary>
    public static bool Takes(int r) => Avx2.IsSupported && r <= MaxBlockSize;

    /// <summary>How much memory it works in.</summary>
    public static long TableBytes(long n, int r) => n * 2 * r * Diagonals * sizeof(Vector256<uint>);

    /// <summary>Mixes both in place.</summary>
    /// <param name="a">A lane of 128·r bytes.</param>
    /// <param name="b">Another.</param>
    /// <param name="table">Memory to work in.</param>
    /// <param name="n">scrypt's N.</param>
    /// <param name="r">scrypt's r; at most what is taken.</param>
    public static void Mix(uint* a, uint* b, byte* table, int n, int r)
    {
        var blocks = 2 * r;
        var vectors = blocks * Diagonals;
        var x = stackalloc Vector256<uint>[vectors];
        var y = stackalloc Vector256<uint>[vectors];
        Gather(a, b, (uint*)x, blocks);

        // Each lane has a table of its own, for it looks up rows of its own.
        var rowsA = (Vector128<uint>*)table;
        var rowsB = rowsA + ((nuint)n * (nuint)vectors);
        for (nuint i = 0; i < (nuint)n; i += 2) // N is a power of two, and more than one.
        {
            var at = i * (nuint)vectors;
            Fill(x, y, rowsA + at, rowsB + at, blocks);
            Fill(y, x, rowsA + at + vectors, rowsB + at + vectors, blocks);
        }

        var mask = (uint)n - 1;
        for (var i = 0; i < n; i += 2)
        {
            Look(x, y, rowsA, rowsB, mask, blocks);
            Look(y, x, rowsA, rowsB, mask, blocks);
        }

        Scatter(a, b, (uint*)x, blocks);
    }

    // Word j of diagonal d is word 5j + 4d of the block; the eight words of a vector are four of a and four of b.
    private static void Gather(uint* a, uint* b, uint* x, int blocks)
    {
        for (var word = 0; word < blocks * WordsPerBlock; word++)
        {
            var (block, diagonal, j) = (word / WordsPerBlock, word / 4 % Diagonals, word % 4);
            var source = (block * WordsPerBlock) + (((5 * j) + (4 * diagonal)) % WordsPerBlock);
            var at = (((block * Diagonals) + diagonal) * 8) + j;
            (x[at], x[at + 4]) = (a[source], b[source]);
        }
    }

    private static void Scatter(uint* a, uint* b, uint* x, int blocks)
    {
        for (var word = 0; word < blocks * WordsPerBlock; word++)
        {
            var (block, diagonal, j) = (word / WordsPerBlock, word / 4 % Diagonals, word % 4);
            var target = (block * WordsPerBlock) + (((5 * j) + (4 * diagonal)) % WordsPerBlock);
            var at = (((block * Diagonals) + diagonal) * 8) + j;
            (a[target], b[target]) = (x[at], x[at + 4]);
        }
    }

    /// <summary>Writes x to a row of each table, and its BlockMix to y.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Fill(Vector256<uint>* x, Vector256<uint>* y, Vector128<uint>* a, Vector128<uint>* b, int blocks)
    {
        var last = x + ((blocks - 1) * Diagonals);
        var (s0, s1, s2, s3) = (last[0], last[1], last[2], last[3]);
        for (var block = 0; block < blocks; block++)
        {
            var at = block * Diagonals;
            var (v0, v1, v2, v3) = (x[at], x[at + 1], x[at + 2], x[at + 3]);
            (a[at], a[at + 1], a[at + 2], a[at + 3]) = (v0.GetLower(), v1.GetLower(), v2.GetLower(), v3.GetLower());
            (b[at], b[at + 1], b[at + 2], b[at + 3]) = (v0.GetUpper(), v1.GetUpper(), v2.GetUpper(), v3.GetUpper());
            Salsa(ref s0, ref s1, ref s2, ref s3, v0, v1, v2, v3);
            var to = y + Place(block, blocks);
            (to[0], to[1], to[2], to[3]) = (s0, s1, s2, s3);
        }
    }

    /// <summary>Writes to y the BlockMix of x and the rows that the last words of x name: each lane has its own.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Look(Vector256<uint>* x, Vector256<uint>* y, Vector128<uint>* a, Vector128<uint>* b, uint mask, int blocks)
    {
        var last = (blocks - 1) * Diagonals;
        var vectors = (nuint)(blocks * Diagonals);
        a += (x[last].GetElement(0) & mask) * vectors;
        b += (x[last].GetElement(4) & mask) * vectors;
        var (s0, s1, s2, s3) = (Both(x, a, b, last), Both(x, a, b, last + 1), Both(x, a, b, last + 2), Both(x, a, b, last + 3));
        for (var block = 0; block < blocks; block++)
        {
            var at = block * Diagonals;
            Salsa(ref s0, ref s1, ref s2, ref s3, Both(x, a, b, at), Both(x, a, b, at + 1), Both(x, a, b, at + 2), Both(x, a, b, at + 3));
            var to = y + Place(block, blocks);
            (to[0], to[1], to[2], to[3]) = (s0, s1, s2, s3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Both(Vector256<uint>* x, Vector128<uint>* a, Vector128<uint>* b, int at) => x[at] ^ Vector256.Create(a[at], b[at]);

    // The even blocks first, then the odd ones.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Place(int block, int blocks) => ((block >> 1) + ((block & 1) * (blocks >> 1))) * Diagonals;

    /// <summary>Salsa20/8 of s xor v.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Salsa(ref Vector256<uint> s0, ref Vector256<uint> s1, ref Vector256<uint> s2, ref Vector256<uint> s3, Vector256<uint> v0, Vector256<uint> v1, Vector256<uint> v2, Vector256<uint> v3)
    {
        var (a, b, c, d) = (s0 ^ v0, s1 ^ v1, s2 ^ v2, s3 ^ v3);
        (s0, s1, s2, s3) = (a, b, c, d);
        for (var round = 0; round < 4; round++)
        {
            b ^= Rotate7(a + d);
            c ^= Rotate9(b + a);
            d ^= Rotate13(c + b);
            a ^= Rotate18(d + c);
            (b, c, d) = (Avx2.Shuffle(b, 0b10_01_00_11), Avx2.Shuffle(c, 0b01_00_11_10), Avx2.Shuffle(d, 0b00_11_10_01));
            d ^= Rotate7(a + b);
            c ^= Rotate9(d + a);
            b ^= Rotate13(c + d);
            a ^= Rotate18(b + c);
            (b, c, d) = (Avx2.Shuffle(b, 0b00_11_10_01), Avx2.Shuffle(c, 0b01_00_11_10), Avx2.Shuffle(d, 0b10_01_00_11));
        }

        (s0, s1, s2, s3) = (s0 + a, s1 + b, s2 + c, s3 + d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate7(Vector256<uint> v) => Avx2.ShiftLeftLogical(v, 7) | Avx2.ShiftRightLogical(v, 25);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate9(Vector256<uint> v) => Avx2.ShiftLeftLogical(v, 9) | Avx2.ShiftRightLogical(v, 23);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate13(Vector256<uint> v) => Avx2.ShiftLeftLogical(v, 13) | Avx2.ShiftRightLogical(v, 19);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Rotate18(Vector256<uint> v) => Avx2.ShiftLeftLogical(v, 18) | Avx2.ShiftRightLogical(v, 14);
}
