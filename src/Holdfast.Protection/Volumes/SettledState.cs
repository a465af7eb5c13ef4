using System.Security.Cryptography;
using Holdfast.Protection.Allocation;
using Holdfast.Protection.Images;

namespace Holdfast.Protection.Volumes;

/// <summary>Tells whether a device that nobody has mounted is as it was, by what its file system says of itself: ext2, ext3 and ext4.</summary>
/// <remarks>
/// Whoever mounts such a file system for writing counts that in the superblock before anything else is written, and so does whoever checks or resizes it. So a superblock that is the same byte for byte, of a
/// file system that was put away cleanly, is of the same state. Where that cannot be said there is no answer: a journal that is to be replayed means that somebody may be writing, here or on another node.
/// </remarks>
internal static class SettledState
{
    private const int SuperblockBytes = 1024; // All of it, with the checksum at its end.

    /// <summary>The state's name; null where there is nothing that would tell.</summary>
    public static string? NameOf(IImageSource device)
    {
        if (device.Length < ExtSuperblock.Offset + SuperblockBytes) return null;
        var block = new byte[SuperblockBytes];
        device.Read(ExtSuperblock.Offset, block);
        return NameOf(block, device.Length);
    }

    internal static string? NameOf(ReadOnlySpan<byte> superblock, long length) =>
        ExtSuperblock.IsClean(superblock) ? $"ext {Convert.ToHexStringLower(SHA256.HashData(superblock))} {length}" : null;
}
