using System.Numerics;

namespace Holdfast.Vault.Tests.Chunking;

/// <summary>The chunker from its definition, a bit at a time: the remainder of the last 64 bytes as a polynomial.</summary>
internal static class PlainChunker
{
    public static List<int> Cut(byte[] data, ulong polynomial)
    {
        List<int> lengths = [];
        var start = 0;
        for (var i = 0; i < data.Length; i++)
        {
            var length = i + 1 - start;
            if (length < 512 * 1024) continue;
            if (length < 8 * 1024 * 1024 && (Remainder(data.AsSpan(i - 63, 64), polynomial) & 0xFFFFF) != 0) continue;
            lengths.Add(length);
            start = i + 1;
        }

        if (start < data.Length) lengths.Add(data.Length - start);
        return lengths;
    }

    private static ulong Remainder(ReadOnlySpan<byte> window, ulong polynomial)
    {
        var degree = BitOperations.Log2(polynomial);
        var remainder = 0UL;
        foreach (var value in window)
        {
            for (var bit = 7; bit >= 0; bit--)
            {
                remainder = (remainder << 1) | ((uint)value >> bit & 1);
                if ((remainder >> degree & 1) != 0) remainder ^= polynomial;
            }
        }

        return remainder;
    }
}
