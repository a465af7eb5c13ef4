using System.Numerics;
using System.Security.Cryptography;

namespace Holdfast.Vault.Chunking;

/// <summary>A polynomial over GF(2), bit i standing for x^i. A vault's chunker divides by an irreducible one of degree 53 that is its own,
/// so that the cuts tell nobody which known files are in it.</summary>
internal readonly record struct Polynomial(ulong Bits)
{
    /// <summary>The degree that restic's chunker has.</summary>
    public const int ChunkerDegree = 53;

    /// <summary>Gets its degree; -1 for zero.</summary>
    public int Degree => 63 - BitOperations.LeadingZeroCount(Bits);

    /// <summary>A random irreducible polynomial of degree 53.</summary>
    public static Polynomial Random()
    {
        // One of about 37 candidates with a constant term is irreducible.
        Span<byte> random = stackalloc byte[8];
        while (true)
        {
            RandomNumberGenerator.Fill(random);
            var bits = BitConverter.ToUInt64(random) & ((1UL << ChunkerDegree) - 1);
            var candidate = new Polynomial(bits | (1UL << ChunkerDegree) | 1);
            if (candidate.IsIrreducible()) return candidate;
        }
    }

    /// <summary>The remainder of a division.</summary>
    public Polynomial Mod(Polynomial divisor)
    {
        var bits = Bits;
        var degree = divisor.Degree;
        for (var i = Degree; i >= degree; i--)
        {
            if ((bits >> i & 1) != 0) bits ^= divisor.Bits << (i - degree);
        }

        return new(bits);
    }

    /// <summary>Ben-Or's test: reducible exactly if it shares a factor with x^(2^i) - x for some i up to half its degree.</summary>
    public bool IsIrreducible()
    {
        if (Degree < 1) return false;
        var x = new Polynomial(2).Mod(this);
        var power = x;
        for (var i = 1; i <= Degree / 2; i++)
        {
            power = MultiplyMod(power, power);
            if (Gcd(this, new(power.Bits ^ x.Bits)).Degree != 0) return false;
        }

        return true;
    }

    private static Polynomial Gcd(Polynomial a, Polynomial b)
    {
        while (b.Bits != 0) (a, b) = (b, a.Mod(b));
        return a;
    }

    // Horner's scheme: the intermediate never grows past this one's degree, so 63 bits are enough.
    private Polynomial MultiplyMod(Polynomial a, Polynomial b)
    {
        var product = 0UL;
        for (var i = b.Degree; i >= 0; i--)
        {
            product <<= 1;
            if ((product >> Degree & 1) != 0) product ^= Bits;
            if ((b.Bits >> i & 1) != 0) product ^= a.Bits;
        }

        return new(product);
    }
}
