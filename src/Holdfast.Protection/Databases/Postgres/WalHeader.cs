using System.Buffers.Binary;
using System.Numerics;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>What the first page of a segment says of itself: every segment names the database that it belongs to.</summary>
/// <remarks>PostgreSQL's <c>XLogLongPageHeaderData</c> (src/include/access/xlog_internal.h), the same since 9.3.</remarks>
/// <param name="SystemId">The database's system identifier.</param>
/// <param name="SegmentBytes">How long a segment is.</param>
/// <param name="Address">Where in the log it begins.</param>
public readonly record struct WalHeader(ulong SystemId, long SegmentBytes, Lsn Address)
{
    /// <summary>How many bytes it takes.</summary>
    public const int Length = 40;

    private const ushort LongHeader = 2;
    private const uint SmallestSegment = 1 << 20;
    private const uint LargestSegment = 1 << 30;

    /// <summary>Reads one; null when it is none.</summary>
    public static WalHeader? TryParse(ReadOnlySpan<byte> page)
    {
        if (page.Length < Length) return null;
        var magic = BinaryPrimitives.ReadUInt16LittleEndian(page);
        var info = BinaryPrimitives.ReadUInt16LittleEndian(page[2..]);
        var segmentBytes = BinaryPrimitives.ReadUInt32LittleEndian(page[32..]);
        if ((magic & 0xFF00) != 0xD000 && (magic & 0xFF00) != 0xD100) return null;
        if ((info & LongHeader) == 0 || !BitOperations.IsPow2(segmentBytes) || segmentBytes is < SmallestSegment or > LargestSegment) return null;
        return new WalHeader(BinaryPrimitives.ReadUInt64LittleEndian(page[24..]), segmentBytes, new Lsn(BinaryPrimitives.ReadUInt64LittleEndian(page[8..])));
    }
}
