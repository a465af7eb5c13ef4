using System.Globalization;

namespace Holdfast.Vault.Pruning;

/// <summary>Sizes as restic's options take them: <c>500</c>, <c>16M</c>, <c>2g</c>; a unit is a power of 1024.</summary>
public static class ByteSize
{
    private const string Units = "KMGT";
    private const int BitsPerUnit = 10;

    /// <summary>Reads one.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        var number = text.AsSpan().Trim();
        if (number is [.., 'b' or 'B']) number = number[..^1];
        if (number.IsEmpty) return false;

        var unit = Units.IndexOf(char.ToUpperInvariant(number[^1]), StringComparison.Ordinal);
        if (unit >= 0) number = number[..^1];
        var shift = BitsPerUnit * (unit + 1);
        if (!long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count) || count > long.MaxValue >> shift) return false;
        bytes = count << shift;
        return true;
    }
}
