using System.Globalization;

namespace Holdfast.Vault.Pruning;

/// <summary>How much a prune repacks; restic's options and defaults.</summary>
public sealed record PruneOptions
{
    private const double Hundred = 100;

    /// <summary>Gets the share of unused data that is tolerated afterwards, in percent. The default is 5; from 0 to below 100. Null when <see cref="MaxUnusedBytes"/> counts.</summary>
    public double? MaxUnusedPercent { get; init; } = 5;

    /// <summary>Gets the unused bytes that are tolerated; <see cref="long.MaxValue"/> for any amount, so that only wholly unused packs go.</summary>
    public long MaxUnusedBytes { get; init; }

    /// <summary>Gets how many bytes are repacked at most. The default is no limit.</summary>
    public long MaxRepackBytes { get; init; } = long.MaxValue;

    /// <summary>Gets whether only tree packs are repacked, which a cache holds. The default is no.</summary>
    public bool RepackCacheableOnly { get; init; }

    /// <summary>Gets whether packs below 80 % of the target size are repacked, not only those below 4 %. The default is no.</summary>
    public bool RepackSmall { get; init; }

    /// <summary>Gets whether uncompressed data is repacked to compress it (format version 2). The default is no.</summary>
    public bool RepackUncompressed { get; init; }

    /// <summary>The unused bytes tolerated beside these used ones.</summary>
    public long ToleratedUnused(long used) => MaxUnusedPercent is { } percent ? (long)(percent / (Hundred - percent) * used) : MaxUnusedBytes;

    /// <summary>The options with <c>--max-unused</c> read: <c>5%</c>, <c>200M</c>, <c>unlimited</c>.</summary>
    /// <exception cref="HoldfastException"><c>prune.bad-max-unused</c>.</exception>
    public PruneOptions WithMaxUnused(string text)
    {
        text = text.Trim();
        if (text == "unlimited") return this with { MaxUnusedPercent = null, MaxUnusedBytes = long.MaxValue };
        if (text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var percent) && percent is >= 0 and < Hundred)
        {
            return this with { MaxUnusedPercent = percent };
        }

        return ByteSize.TryParse(text, out var bytes)
            ? this with { MaxUnusedPercent = null, MaxUnusedBytes = bytes }
            : throw new HoldfastException(ErrorKind.Invalid, "prune.bad-max-unused", $"--max-unused cannot be '{text}'.", "Give a percentage below 100 such as 5%, a size such as 200M, or unlimited.");
    }
}
