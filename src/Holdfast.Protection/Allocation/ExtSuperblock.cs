using System.Buffers.Binary;

namespace Holdfast.Protection.Allocation;

/// <summary>What the superblock of an ext2, ext3 or ext4 says of its file system.</summary>
internal static class ExtSuperblock
{
    /// <summary>Where it is on the volume, in bytes.</summary>
    public const int Offset = 1024;

    /// <summary>How much of it is looked at, in bytes.</summary>
    public const int Length = 0x68;

    private const ushort Magic = 0xEF53;
    private const uint NeedsRecovery = 0x4; // The journal knows of blocks in use that the map does not.
    private const uint BigAllocation = 0x200; // The map counts clusters.
    private const ushort Clean = 1;

    /// <summary>Whether its map of free blocks can be believed: it was unmounted cleanly or frozen, and the map counts blocks.</summary>
    public static bool IsSettled(ReadOnlySpan<byte> superblock) =>
        IsClean(superblock) && (BinaryPrimitives.ReadUInt32LittleEndian(superblock[0x64..]) & BigAllocation) == 0;

    /// <summary>Whether it was unmounted cleanly, or frozen.</summary>
    public static bool IsClean(ReadOnlySpan<byte> superblock) =>
        BinaryPrimitives.ReadUInt16LittleEndian(superblock[0x38..]) == Magic
        && BinaryPrimitives.ReadUInt16LittleEndian(superblock[0x3A..]) == Clean
        && (BinaryPrimitives.ReadUInt32LittleEndian(superblock[0x60..]) & NeedsRecovery) == 0;
}
