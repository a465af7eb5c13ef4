using System.Globalization;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>A segment of the log: its timeline, and its number from the beginning of the log.</summary>
public readonly record struct WalSegment(uint Timeline, ulong Number)
{
    private const int NameLength = 24;

    /// <summary>Reads a segment's file name.</summary>
    public static WalSegment? TryParse(string name, long segmentBytes)
    {
        if (!IsName(name)) return null;
        var perFile = SegmentsPerFile(segmentBytes);
        var file = Hex(name, 8);
        var within = Hex(name, 16);
        return within < perFile ? new WalSegment(Hex(name, 0), (file * perFile) + within) : null;
    }

    /// <summary>Whether a file name is that of a whole segment.</summary>
    public static bool IsName(string name) => name.Length == NameLength && name.All(char.IsAsciiHexDigitUpper);

    /// <summary>Its file name, 24 hexadecimal digits.</summary>
    public string Name(long segmentBytes)
    {
        var perFile = SegmentsPerFile(segmentBytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Timeline:X8}{Number / perFile:X8}{Number % perFile:X8}");
    }

    // A "file" of old was 4 GiB; the name still counts in them.
    private static ulong SegmentsPerFile(long segmentBytes) => 0x1_0000_0000UL / (ulong)segmentBytes;

    private static uint Hex(string name, int at) => uint.Parse(name.AsSpan(at, 8), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
