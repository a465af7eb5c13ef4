using System.Runtime.InteropServices;

namespace Holdfast.Lab.Disk;

/// <summary>The part of the kernel's FUSE protocol (version 7.31) that one file needs.</summary>
internal static class FuseProtocol
{
    internal const uint MinorVersion = 31;
    internal const uint DirectIo = 1; // FOPEN_DIRECT_IO: no page cache under the loop device, so no stale copy anywhere.
    internal const uint InitFlags = AsyncRead | BigWrites | AsyncDirectIo | MaxPages;
    internal const uint DiskMode = 0x8180; // S_IFREG | 0600
    internal const uint RootMode = 0x41C0; // S_IFDIR | 0700

    private const uint AsyncRead = 1 << 0;
    private const uint BigWrites = 1 << 5;
    private const uint AsyncDirectIo = 1 << 15;
    private const uint MaxPages = 1 << 22;

    internal enum Opcode : uint
    {
        Lookup = 1,
        Forget = 2,
        GetAttributes = 3,
        SetAttributes = 4,
        Open = 14,
        Read = 15,
        Write = 16,
        StatFs = 17,
        Release = 18,
        FSync = 20,
        Init = 26,
        Interrupt = 36,
        Destroy = 38,
        BatchForget = 42,
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct InHeader
    {
        internal uint Length;
        internal Opcode Opcode;
        internal ulong Unique;
        internal ulong Node;
        internal uint User;
        internal uint Group;
        internal uint Process;
        internal uint Extension;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct OutHeader
    {
        internal uint Length;
        internal int Error;
        internal ulong Unique;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct InitOut
    {
        internal uint Major;
        internal uint Minor;
        internal uint MaxReadAhead;
        internal uint Flags;
        internal ushort MaxBackground;
        internal ushort CongestionThreshold;
        internal uint MaxWrite;
        internal uint TimeGranularity;
        internal ushort MaxPages;
        internal ushort MapAlignment;
        internal uint Flags2;
        internal unsafe fixed uint Unused[7];
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct Attributes
    {
        internal ulong Inode;
        internal ulong Size;
        internal ulong Blocks;
        internal ulong AccessTime;
        internal ulong ModifyTime;
        internal ulong ChangeTime;
        internal uint AccessNanoseconds;
        internal uint ModifyNanoseconds;
        internal uint ChangeNanoseconds;
        internal uint Mode;
        internal uint Links;
        internal uint User;
        internal uint Group;
        internal uint Device;
        internal uint BlockSize;
        internal uint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct EntryOut
    {
        internal ulong Node;
        internal ulong Generation;
        internal ulong EntryValid;
        internal ulong AttributesValid;
        internal uint EntryValidNanoseconds;
        internal uint AttributesValidNanoseconds;
        internal Attributes Attributes;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct AttributesOut
    {
        internal ulong Valid;
        internal uint ValidNanoseconds;
        internal uint Padding;
        internal Attributes Attributes;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct OpenOut
    {
        internal ulong Handle;
        internal uint Flags;
        internal uint Backing;
    }

    /// <summary>The arguments of both READ and WRITE.</summary>
    [StructLayout(LayoutKind.Sequential)]
    internal struct TransferIn
    {
        internal ulong Handle;
        internal long Offset;
        internal int Size;
        internal uint TransferFlags;
        internal ulong LockOwner;
        internal uint Flags;
        internal uint Padding;
    }

    [StructLayout(LayoutKind.Sequential)]
    internal struct WriteOut
    {
        internal int Size;
        internal uint Padding;
    }
}
