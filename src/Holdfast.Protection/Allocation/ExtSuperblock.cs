using System.Buffers.Binary;

namespace Holdfast.Protection.Allocation;

/// <summary>Whether an ext4's own map of free blocks can be believed, from its superblock.</summary>
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

    /// <summary>Whether the map is true: unmounted cleanly, or frozen.</summary>
    public static bool IsSettled(ReadOnlySpan<byte> superblock) =>
        BinaryPrimitives.ReadUInt16LittleEndian(superblock[0x38..]) == Magic
        && BinaryPrimitives.ReadUInt16LittleEndian(superblock[0x3A..]) == Clean
        && (BinaryPrimitives.ReadUInt32LittleEndian(superblock[0x60..]) & NeedsRecovery) == 0
        && (BinaryPrimitives.ReadUInt32LittleEndian(superblock[0x64..]) & BigAllocation) == 0;
}
