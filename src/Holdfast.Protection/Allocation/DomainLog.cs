using System.Globalization;
using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Allocation;

/// <summary>The map that <c>partclone --domain</c> writes, in the form of ddrescue's map file: one line for each stretch, <c>+</c> where blocks are in use.</summary>
internal static class DomainLog
{
    /// <summary>What is in use; null when the text is not such a map of the whole volume, and nothing may be left out.</summary>
    public static RangeSet? Parse(string text, long length)
    {
        var used = new List<ByteRange>();
        var at = 0L;
        var isFirst = true;
        foreach (var line in text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (line[0] == '#') continue;
            var parts = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (isFirst) // The position that ddrescue would go on from.
            {
                isFirst = false;
                continue;
            }

            if (parts.Length != 3 || !TryHex(parts[0], out var start) || !TryHex(parts[1], out var size) || start != at || size <= 0) return null;
            if (parts[2] != "?") used.Add(new(start, size)); // Whatever is not said to be free is in use.
            at = start + size;
        }

        // A file system may end before its device; what comes after it is not its to judge.
        return at == 0 || at > length ? null : RangeSet.Of([.. used, ByteRange.Between(at, length)]);
    }

    private static bool TryHex(string text, out long value)
    {
        value = 0;
        return text.StartsWith("0x", StringComparison.OrdinalIgnoreCase) && long.TryParse(text.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value) && value >= 0;
    }
}
