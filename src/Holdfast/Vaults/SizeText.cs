using System.Globalization;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Vaults;

/// <summary>Sizes as restic's options take them and as people read them.</summary>
internal static class SizeText
{
    private const string Units = "KMGTP";

    /// <summary>Reads <c>100</c>, <c>10k</c>, <c>5M</c>.</summary>
    public static long Parse(string text)
    {
        var unit = text.Length == 0 ? 0 : "bkmgt".IndexOf(char.ToLowerInvariant(text[^1]), StringComparison.Ordinal);
        if (!long.TryParse(unit < 0 ? text : text.AsSpan(0, Math.Max(0, text.Length - 1)), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && !long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            throw new UsageException("size", $"'{text}' is no size.", "Write it as 100k, 5M or 2G.");
        }

        var factor = 1L << (10 * Math.Max(0, unit));
        return number > long.MaxValue / factor ? throw new UsageException("size", $"'{text}' is too large.", "Write it as 100k, 5M or 2G.") : number * factor;
    }

    /// <summary>With a unit: <c>1.5 MiB</c>.</summary>
    public static string Format(double bytes)
    {
        if (bytes < 1024) return string.Create(CultureInfo.InvariantCulture, $"{bytes:0} B");
        var unit = -1;
        for (; bytes >= 1024 && unit < Units.Length - 1; unit++) bytes /= 1024;
        return string.Create(CultureInfo.InvariantCulture, $"{bytes:0.0} {Units[unit]}iB");
    }
}
