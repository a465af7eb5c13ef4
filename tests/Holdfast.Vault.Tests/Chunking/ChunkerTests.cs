using FsCheck;
using FsCheck.Fluent;
using Holdfast.Vault.Chunking;

namespace Holdfast.Vault.Tests.Chunking;

public sealed class ChunkerTests
{
    // From restic's own description of the chunker.
    private const ulong Known = 0x3DA3358B4DC173;

    private static readonly byte[] Content = Some(5, 12 * 1024 * 1024);

    private static readonly List<int> Cuts = InOneGo(new Chunker(Known), Content);

    [Fact]
    public void The_cuts_are_those_of_the_definition()
    {
        var data = Some(seed: 1, length: 3 * 1024 * 1024);

        Assert.Equal(PlainChunker.Cut(data, Known), InOneGo(new Chunker(Known), data));
    }

    [Fact]
    public void The_cuts_are_the_same_whatever_the_buffers()
    {
        var buffers = Gen.ListOf(Gen.Choose(1, 700_000)).Where(sizes => sizes.Count > 0).ToArbitrary();

        Prop.ForAll(buffers, sizes => InPieces(new Chunker(Known), Content, [.. sizes]).SequenceEqual(Cuts)).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
        Assert.True(Cuts.Count > 3, "nothing was cut");
    }

    [Fact]
    public void An_earlier_lane_wins_over_a_later_one_that_finds_its_cut_first()
    {
        // Sixty-four zero bytes are a cut. In a content that has none, one is put late in the first lane and one early in another.
        var chunker = new Chunker(Known);
        foreach (var (first, second) in new[] { (8000, 8300), (8100, 16_500), (16_200, 24_700), (100, 8292), (24_570, 24_700) })
        {
            var data = new byte[Chunker.MinBytes + 40_000];
            Array.Fill(data, (byte)1);
            data.AsSpan(Chunker.MinBytes + first - 63, 64).Clear();
            data.AsSpan(Chunker.MinBytes + second - 63, 64).Clear();

            Assert.Equal(PlainChunker.Cut(data, Known)[0], chunker.FindCut(data));
        }
    }

    [Fact]
    public void What_never_ends_in_zeros_is_cut_at_the_maximum_and_zeros_at_the_minimum()
    {
        var ones = new byte[Chunker.MaxBytes + 10];
        Array.Fill(ones, (byte)1);

        Assert.Equal([Chunker.MaxBytes, 10], InOneGo(new Chunker(Known), ones));
        Assert.Equal([Chunker.MinBytes, Chunker.MinBytes, 7], InOneGo(new Chunker(Known), new byte[(2 * Chunker.MinBytes) + 7]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(Chunker.MinBytes - 1)]
    public void What_is_shorter_than_the_minimum_has_no_cut(int length) => Assert.Equal(0, new Chunker(Known).FindCut(new byte[length]));

    [Fact]
    public void Random_polynomials_are_irreducible_of_degree_53_and_differ()
    {
        var some = Enumerable.Range(0, 20).Select(_ => Chunker.RandomPolynomial()).ToHashSet();

        Assert.Equal(20, some.Count);
        Assert.All(some, polynomial => Assert.True(Chunker.IsSound(polynomial)));
    }

    [Theory]
    [InlineData(0x2, true)]
    [InlineData(0x7, true)]
    [InlineData(0x5, false)]
    [InlineData(0xB, true)]
    [InlineData(0x15, false)] // x^4 + x^2 + 1 = (x^2 + x + 1)^2: no root, yet reducible.
    [InlineData(0x13, true)]
    [InlineData(0x11B, true)]
    [InlineData(0x11C, false)]
    [InlineData(Known, true)]
    [InlineData(Known - 1, false)]
    [InlineData(0x1, false)]
    [InlineData(0x0, false)]
    public void Irreducibility_is_told(ulong bits, bool irreducible) => Assert.Equal(irreducible, new Polynomial(bits).IsIrreducible());

    [Fact]
    public void Small_polynomials_are_irreducible_exactly_when_no_smaller_one_divides_them()
    {
        for (var bits = 2UL; bits < 1024; bits++)
        {
            var candidate = new Polynomial(bits);
            var divisible = Enumerable.Range(2, (int)bits - 2).Select(d => new Polynomial((ulong)d)).Any(d => d.Degree >= 1 && d.Degree < candidate.Degree && candidate.Mod(d).Bits == 0);

            Assert.Equal(!divisible, candidate.IsIrreducible());
        }
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(0x11BUL)]
    [InlineData(ulong.MaxValue)]
    public void An_unsound_polynomial_is_refused(ulong polynomial) => Assert.Throws<ArgumentException>(() => new Chunker(polynomial));

    internal static byte[] Some(int seed, int length)
    {
        var data = new byte[length];
        new Random(seed).NextBytes(data);
        return data;
    }

    internal static List<int> InOneGo(Chunker chunker, byte[] data)
    {
        List<int> lengths = [];
        for (var at = 0; at < data.Length; at += lengths[^1])
        {
            var cut = chunker.FindCut(data.AsSpan(at));
            lengths.Add(cut == 0 ? data.Length - at : cut);
        }

        return lengths;
    }

    private static List<int> InPieces(Chunker chunker, byte[] data, int[] sizes)
    {
        List<int> lengths = [];
        var (start, end, scanned) = (0, 0, 0);
        for (var turn = 0; start < data.Length; turn++)
        {
            end = Math.Min(data.Length, end + sizes[turn % sizes.Length]);
            int cut;
            while ((cut = chunker.FindCut(data.AsSpan(start, end - start), scanned)) > 0)
            {
                lengths.Add(cut);
                start += cut;
                scanned = 0;
            }

            scanned = end - start;
            if (end < data.Length) continue;
            if (start < data.Length) lengths.Add(data.Length - start);
            break;
        }

        return lengths;
    }
}
