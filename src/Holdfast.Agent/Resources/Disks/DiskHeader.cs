using System.Buffers.Binary;
using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Agent.Resources.Disks;

/// <summary>What the first 4 KiB of a device tell: its file system, and the claim area. Only looks.</summary>
/// <param name="FileSystem"><c>ext2</c>, <c>ext3</c>, <c>ext4</c> or <c>xfs</c>; null when it is none of these.</param>
/// <param name="Uuid">The file system's UUID; empty when <paramref name="FileSystem"/> is null.</param>
/// <param name="HasErrors">Whether the kernel found and marked damage (ext).</param>
/// <param name="IsDirty">Whether only a check can make it consistent: an ext file system without a journal that was not unmounted.</param>
/// <param name="IsCheckDue">Whether the mount count says that a check is due (off by default in mke2fs).</param>
/// <param name="HasMountProtection">Whether multi-mount protection is on, which costs 20 to 45 s after an unclean end.</param>
/// <param name="Claim">The claim area; null when the file system leaves no room for one.</param>
internal sealed partial record DiskHeader(string? FileSystem, string Uuid, bool HasErrors, bool IsDirty, bool IsCheckDue, bool HasMountProtection, ClaimArea? Claim)
{
    private const int Length = 4096;
    private const int DirectReadOnly = 0x4000 | 0x80000; // O_RDONLY | O_DIRECT | O_CLOEXEC
    private const int InvalidArgument = 22;

    /// <summary>
    /// Whether a check must run before mounting. Not after a mere crash: mounting replays the journal in milliseconds, while a
    /// check would hold up the takeover.
    /// </summary>
    public bool NeedsCheck => HasErrors || IsDirty || IsCheckDue;

    /// <summary>Reads past the page cache, because another node may have written since this one last looked.</summary>
    /// <exception cref="Win32Exception">It cannot be opened or read.</exception>
    public static unsafe DiskHeader Read(string device)
    {
        var memory = (byte*)NativeMemory.AlignedAlloc(Length, Length);
        try
        {
            var buffer = new Span<byte>(memory, Length);
            buffer.Clear();

            using var file = Open(device, DirectReadOnly);
            var read = pread((int)file.DangerousGetHandle(), memory, Length, 0);
            if (read < 0 && Marshal.GetLastPInvokeError() == InvalidArgument)
            {
                using var buffered = Open(device, 0x80000); // An image on a file system without direct reads.
                read = pread((int)buffered.DangerousGetHandle(), memory, Length, 0);
            }

            return read >= 0 ? Parse(buffer) : throw Failure($"Cannot read {device}");
        }
        finally
        {
            NativeMemory.AlignedFree(memory);
        }
    }

    internal static DiskHeader Parse(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith("XFSB"u8)) return new DiskHeader("xfs", FormatUuid(start.Slice(32, 16)), false, false, false, false, Claim: null);

        // The ext superblock, at byte 1024 whatever the block size.
        var super = start[1024..];
        ushort Half(ReadOnlySpan<byte> from, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(from[offset..]);
        uint Word(ReadOnlySpan<byte> from, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(from[offset..]);
        if (Half(super, 56) != 0xef53) return new DiskHeader(null, "", false, false, false, false, Claim: null);

        var (state, compatible, incompatible, readOnlyCompatible) = (Half(super, 58), Word(super, 92), Word(super, 96), Word(super, 100));
        var hasJournal = (compatible & 0x4) != 0;
        var (mounts, mostMounts) = (Half(super, 52), (short)Half(super, 54));
        const uint ext4Incompatible = 0x40 | 0x80 | 0x200; // extents, 64bit, flex_bg
        const uint ext4ReadOnly = 0x8 | 0x10 | 0x20 | 0x40 | 0x400; // huge_file, uninit_bg, dir_nlink, extra_isize, metadata_csum
        var type = (incompatible & ext4Incompatible) != 0 || (readOnlyCompatible & ext4ReadOnly) != 0 ? "ext4" : hasJournal ? "ext3" : "ext2";

        return new DiskHeader(
            type,
            FormatUuid(super.Slice(104, 16)),
            HasErrors: (state & 0x2) != 0,
            IsDirty: !hasJournal && (state & 0x1) == 0,
            IsCheckDue: mostMounts > 0 && mounts >= mostMounts,
            HasMountProtection: (incompatible & 0x100) != 0,
            DiskClaim.Read(start[DiskClaim.Offset..]));
    }

    private static string FormatUuid(ReadOnlySpan<byte> uuid) => new Guid(uuid, bigEndian: true).ToString("D");

    private static SafeFileHandle Open(string path, int flags)
    {
        var descriptor = open(path, flags);
        if (descriptor < 0 && Marshal.GetLastPInvokeError() == InvalidArgument) descriptor = open(path, flags & ~0x4000);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw Failure($"Cannot open {path}");
    }

    private static Win32Exception Failure(string what) => new(Marshal.GetLastPInvokeError(), $"{what}: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string path, int flags);

    [LibraryImport("libc", SetLastError = true)]
    private static unsafe partial nint pread(int descriptor, byte* buffer, nuint length, long offset);
}
