using System.Globalization;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>A place in PostgreSQL's log in bytes, written <c>16/B374D848</c>.</summary>
/// <param name="Value">The bytes before it.</param>
public readonly record struct Lsn(ulong Value) : IComparable<Lsn>
{
    /// <summary>Reads one; null when it is none.</summary>
    public static Lsn? TryParse(string? text)
    {
        var parts = text?.Split('/') ?? [];
        return parts.Length == 2
            && uint.TryParse(parts[0], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var high)
            && uint.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var low)
            ? new Lsn(((ulong)high << 32) | low) : null;
    }

    public static bool operator <(Lsn left, Lsn right) => left.Value < right.Value;

    public static bool operator >(Lsn left, Lsn right) => left.Value > right.Value;

    public static bool operator <=(Lsn left, Lsn right) => left.Value <= right.Value;

    public static bool operator >=(Lsn left, Lsn right) => left.Value >= right.Value;

    /// <summary>The number of the segment that holds the byte at this place.</summary>
    public ulong SegmentNumber(long segmentBytes) => Value / (ulong)segmentBytes;

    /// <summary>The number of the last segment that is needed to get here: the byte before this place is in it.</summary>
    public ulong LastSegmentNumber(long segmentBytes) => Value == 0 ? 0 : (Value - 1) / (ulong)segmentBytes;

    public int CompareTo(Lsn other) => Value.CompareTo(other.Value);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Value >> 32:X}/{(uint)Value:X}");
}
