using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Holdfast.Vault.Crypto;

/// <summary>scrypt's ROMix (RFC 7914, section 5) of four lanes at once, one in each quarter of a vector of 512 bits; see <see cref="TwoLanes"/>.</summary>
/// <remarks>
/// Four tables would be twice the memory, so of three or four lanes only every second row is kept, and the other half is made anew from the row before when it is looked up: a third more work, on four lanes in the
/// time of one.
/// </remarks>
internal static unsafe class FourLanes
{
    public const int Lanes = 4;

    private const int WordsPerBlock = 16;
    private const int Diagonals = 4; // Vectors per block.
    private const int MaxBlockSize = 64;

    /// <summary>Whether this machine can, with blocks of a size that fits on the stack.</summary>
    public static bool Takes(int r) => Avx512F.IsSupported && r <= MaxBlockSize;

    /// <summary>How much memory it works in.</summary>
    public static long TableBytes(int lanes, long n, int r) => lanes * (n >> Skips(lanes)) * 128 * r;

    /// <summary>Mixes one to four lanes in place.</summary>
    /// <param name="data">The lanes, 128·r bytes each, one after the other.</param>
    /// <param name="lanes">How many.</param>
    /// <param name="table">Memory to work in.</param>
    /// <param name="n">scrypt's N.</param>
    /// <param name="r">scrypt's r; at most what is taken.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Mix(uint* data, int lanes, byte* table, int n, int r)
    {
        var blocks = 2 * r;
        var vectors = blocks * Diagonals;
        var x = stackalloc Vector512<uint>[vectors];
        var y = stackalloc Vector512<uint>[vectors];
        var row = stackalloc Vector512<uint>[vectors];
        var words = blocks * WordsPerBlock;
        var skips = Skips(lanes);
        var tables = stackalloc Vector128<uint>*[Lanes];
        for (var lane = 0; lane < Lanes; lane++)
        {
            // Who has no lane does the first one's work once more, in its table.
            var own = lane < lanes ? lane : 0;
            tables[lane] = (Vector128<uint>*)table + ((nuint)own * ((nuint)n >> skips) * (nuint)vectors);
            for (var word = 0; word < words; word++) ((uint*)x)[PlaceOf(word, lane)] = data[(own * words) + SourceOf(word)];
        }

        for (var i = 0; i < n; i++)
        {
            if ((i & skips) == 0) Keep(x, tables, (nuint)(i >> skips) * (nuint)vectors, vectors);
            MixBlocks(x, y, blocks);
            var before = x;
            x = y;
            y = before;
        }

        for (var i = 0; i < n; i++)
        {
            var skipped = LookUp(x, row, tables, (uint)n - 1, skips, vectors);
            if (skipped != Vector512<uint>.Zero)
            {
                MixBlocks(row, y, blocks);
                for (var at = 0; at < vectors; at++) row[at] = Vector512.ConditionalSelect(skipped, y[at], row[at]);
            }

            for (var at = 0; at < vectors; at++) row[at] ^= x[at];
            MixBlocks(row, x, blocks);
        }

        for (var lane = 0; lane < lanes; lane++)
        {
            for (var word = 0; word < words; word++) data[(lane * words) + SourceOf(word)] = ((uint*)x)[PlaceOf(word, lane)];
        }
    }

    // A shift and a mask: one when every second row is left out.
    private static int Skips(int lanes) => lanes > 2 ? 1 : 0;

    // Word j of diagonal d is word 5j + 4d of the block.
    private static int SourceOf(int word) => (word / WordsPerBlock * WordsPerBlock) + (((5 * (word % 4)) + word / 4 % Diagonals * 4) % WordsPerBlock);

    private static int PlaceOf(int word, int lane) => (word / 4 * WordsPerBlock) + (lane * 4) + (word % 4);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Keep(Vector512<uint>* x, Vector128<uint>** tables, nuint row, int vectors)
    {
        Vector128<uint>* a = tables[0] + row, b = tables[1] + row, c = tables[2] + row, d = tables[3] + row;
        for (var at = 0; at < vectors; at++)
        {
            var (lower, upper) = (x[at].GetLower(), x[at].GetUpper());
            (a[at], b[at], c[at], d[at]) = (lower.GetLower(), lower.GetUpper(), upper.GetLower(), upper.GetUpper());
        }
    }

    /// <summary>Takes the rows that the last words of x name, or those before them; says of which lanes it is those before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> LookUp(Vector512<uint>* x, Vector512<uint>* rows, Vector128<uint>** tables, uint mask, int skips, int vectors)
    {
        var named = (uint*)(x + vectors - Diagonals);
        var (i, j, k, l) = (named[0] & mask, named[4] & mask, named[8] & mask, named[12] & mask);
        var length = (nuint)vectors;
        Vector128<uint>* a = tables[0] + ((i >> skips) * length), b = tables[1] + ((j >> skips) * length), c = tables[2] + ((k >> skips) * length), d = tables[3] + ((l >> skips) * length);
        for (var at = 0; at < vectors; at++) rows[at] = Vector512.Create(Vector256.Create(a[at], b[at]), Vector256.Create(c[at], d[at]));
        return Vector512.Create(Vector256.Create(All(i & (uint)skips), All(j & (uint)skips)), Vector256.Create(All(k & (uint)skips), All(l & (uint)skips)));
    }

    private static Vector128<uint> All(uint isSet) => Vector128.Create(0 - isSet);

    /// <summary>BlockMix.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void MixBlocks(Vector512<uint>* from, Vector512<uint>* to, int blocks)
    {
        var last = from + ((blocks - 1) * Diagonals);
        var (s0, s1, s2, s3) = (last[0], last[1], last[2], last[3]);
        for (var block = 0; block < blocks; block++)
        {
            var v = from + (block * Diagonals);
            var (a, b, c, d) = (s0 ^ v[0], s1 ^ v[1], s2 ^ v[2], s3 ^ v[3]);
            (s0, s1, s2, s3) = (a, b, c, d);
            for (var round = 0; round < 4; round++)
            {
                b ^= Avx512F.RotateLeft(a + d, 7);
                c ^= Avx512F.RotateLeft(b + a, 9);
                d ^= Avx512F.RotateLeft(c + b, 13);
                a ^= Avx512F.RotateLeft(d + c, 18);
                (b, c, d) = (Avx512F.Shuffle(b, 0b10_01_00_11), Avx512F.Shuffle(c, 0b01_00_11_10), Avx512F.Shuffle(d, 0b00_11_10_01));
                d ^= Avx512F.RotateLeft(a + b, 7);
                c ^= Avx512F.RotateLeft(d + a, 9);
                b ^= Avx512F.RotateLeft(c + d, 13);
                a ^= Avx512F.RotateLeft(b + c, 18);
                (b, c, d) = (Avx512F.Shuffle(b, 0b00_11_10_01), Avx512F.Shuffle(c, 0b01_00_11_10), Avx512F.Shuffle(d, 0b10_01_00_11));
            }

            (s0, s1, s2, s3) = (s0 + a, s1 + b, s2 + c, s3 + d);
            // The even blocks first, then the odd ones.
            var place = to + (((block >> 1) + ((block & 1) * (blocks >> 1))) * Diagonals);
            (place[0], place[1], place[2], place[3]) = (s0, s1, s2, s3);
        }
    }
}
