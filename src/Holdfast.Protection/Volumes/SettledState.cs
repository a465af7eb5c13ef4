using System.Buffers.Binary;
using System.Security.Cryptography;
using Holdfast.Protection.Images;

namespace Holdfast.Protection.Volumes;

/// <summary>Tells whether a device that nobody has mounted is as it was, by what its file system says of itself: ext2, ext3 and ext4.</summary>
/// <remarks>
/// Whoever mounts such a file system for writing counts that in the superblock before anything else is written, and so does whoever checks or resizes it. So a superblock that is the same byte for byte, of a
/// file system that was put away cleanly, is of the same state. Where that cannot be said there is no answer: a journal that is to be replayed means that somebody may be writing, here or on another node.
/// </remarks>
internal static class SettledState
{
    private const int SuperblockAt = 1024;
    private const int SuperblockBytes = 1024;
    private const int MagicAt = 0x38;
    private const ushort Magic = 0xEF53;
    private const int StateAt = 0x3A;
    private const ushort CleanWithoutErrors = 1;
    private const int IncompatibleAt = 0x60;
    private const uint NeedsRecovery = 4;

    /// <summary>The state's name; null where there is nothing that would tell.</summary>
    public static string? NameOf(IImageSource device)
    {
        if (device.Length < SuperblockAt + SuperblockBytes) return null;
        var block = new byte[SuperblockBytes];
        device.Read(SuperblockAt, block);
        return NameOf(block, device.Length);
    }

    internal static string? NameOf(ReadOnlySpan<byte> superblock, long length) =>
        BinaryPrimitives.ReadUInt16LittleEndian(superblock[MagicAt..]) == Magic
        && BinaryPrimitives.ReadUInt16LittleEndian(superblock[StateAt..]) == CleanWithoutErrors
        && (BinaryPrimitives.ReadUInt32LittleEndian(superblock[IncompatibleAt..]) & NeedsRecovery) == 0
            ? $"ext {Convert.ToHexStringLower(SHA256.HashData(superblock))} {length}" : null;
}
