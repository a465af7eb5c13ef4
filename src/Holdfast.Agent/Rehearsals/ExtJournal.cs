using System.Buffers.Binary;

namespace Holdfast.Agent.Rehearsals;

/// <summary>Whether an ext file system can be read as it is. Only looks.</summary>
internal static class ExtJournal
{
    private const int SuperBlock = 1024;
    private const int MagicAt = 0x38;
    private const int IncompatibleAt = 0x60;
    private const ushort Magic = 0xEF53;
    private const uint Recover = 0x4; // EXT4_FEATURE_INCOMPAT_RECOVER: mounted, or not unmounted.

    /// <summary>Whether its journal has to be replayed first; null when it is no ext file system.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static bool? NeedsReplay(string device)
    {
        using var file = new FileStream(device, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, bufferSize: 0);
        var super = new byte[1024];
        file.Seek(SuperBlock, SeekOrigin.Begin);
        file.ReadExactly(super);
        return BinaryPrimitives.ReadUInt16LittleEndian(super.AsSpan(MagicAt)) != Magic ? null : (BinaryPrimitives.ReadUInt32LittleEndian(super.AsSpan(IncompatibleAt)) & Recover) != 0;
    }
}
