using System.Globalization;
using Holdfast.Cli.CommandLine;
using Holdfast.Vault.Pruning;

namespace Holdfast.Cli.Output;

/// <summary>Sizes as restic's options take them and as people read them.</summary>
internal static class SizeText
{
    private const int Step = 1024;
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

    /// <summary>Reads <c>100</c>, <c>10k</c>, <c>5M</c>.</summary>
    /// <exception cref="UsageException"><c>usage.size</c>.</exception>
    public static long Parse(string text) =>
        ByteSize.TryParse(text, out var bytes) ? bytes : throw new UsageException("size", $"'{text}' is no size, or too large.", "Write it as 100k, 5M or 2G.");

    /// <summary>With a unit: <c>1.5 MiB</c>; a dash for what is not known.</summary>
    public static string Format(long? bytes)
    {
        if (bytes is not { } known) return Phrases.Nothing;
        double value = known;
        var unit = 0;
        for (; value >= Step && unit < Units.Length - 1; unit++) value /= Step;
        return value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture) + " " + Units[unit];
    }
}
