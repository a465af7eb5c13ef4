using System.Globalization;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Pruning;

namespace Holdfast.Vault.Checking;

/// <summary>Which packs a check reads, as restic's <c>--read-data-subset</c> says it.</summary>
public abstract record ReadSubset
{
    private ReadSubset()
    {
    }

    /// <summary>Gets all of them.</summary>
    public static ReadSubset All { get; } = new Share(100);

    /// <summary>Reads <c>1/7</c>, <c>10%</c> or <c>50G</c>.</summary>
    /// <exception cref="HoldfastException"><c>check.bad-subset</c>.</exception>
    public static ReadSubset Parse(string text)
    {
        const int MaxParts = 256; // A pack's first byte decides on its part.
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && int.TryParse(text.AsSpan(0, slash), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && number >= 1 && number <= count && count <= MaxParts)
        {
            return new Part(number, count);
        }

        if (text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is > 0 and <= 100) return new Share(percent);
        if (ByteSize.TryParse(text, out var bytes) && bytes > 0) return new Amount(bytes);
        throw new HoldfastException(ErrorKind.Invalid, "check.bad-subset", $"'{text}' is no part of a vault.", "Give a part such as 1/7 (up to 256 parts), a percentage such as 10%, or a size such as 50G.");
    }

    /// <summary>Chooses packs. Those whose last reading is longest ago come first, among equals it is chance; so repeated checks of a share get round to all.</summary>
    /// <param name="packs">The packs with their lengths.</param>
    /// <param name="lastRead">When a pack was last found whole, if it is known.</param>
    /// <param name="random">Chance.</param>
    public IReadOnlyList<BlobId> Choose(IReadOnlyDictionary<BlobId, long> packs, Func<BlobId, DateTimeOffset?> lastRead, Random random)
    {
        switch (this)
        {
            case Part part:
                return [.. packs.Keys.Where(pack => part.Has(pack))];
            case Share { Percent: >= 100 }:
                return [.. packs.Keys];
        }

        var wanted = this is Amount amount ? amount.Bytes : (long)(packs.Values.Sum() * (((Share)this).Percent / 100));
        var ordered = packs.Keys.ToArray();
        random.Shuffle(ordered);
        List<BlobId> chosen = [];
        foreach (var pack in ordered.OrderBy(pack => lastRead(pack) ?? DateTimeOffset.MinValue))
        {
            if (wanted <= 0 && chosen.Count > 0) break;
            chosen.Add(pack);
            wanted -= packs[pack];
        }

        return chosen;
    }

    /// <summary>One of so many parts, the same packs each time.</summary>
    public sealed record Part(int Number, int Count) : ReadSubset
    {
        internal bool Has(BlobId pack)
        {
            Span<byte> bytes = stackalloc byte[BlobId.Length];
            pack.CopyTo(bytes);
            return bytes[0] % Count == Number - 1;
        }
    }

    /// <summary>A percentage of the bytes.</summary>
    public sealed record Share(double Percent) : ReadSubset;

    /// <summary>So many bytes.</summary>
    public sealed record Amount(long Bytes) : ReadSubset;
}
