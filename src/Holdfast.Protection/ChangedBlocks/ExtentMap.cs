using System.Runtime.InteropServices;
using Holdfast.Protection.Native;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Protection.ChangedBlocks;

/// <summary>Reads where a file is on its disk (<c>FS_IOC_FIEMAP</c>).</summary>
internal static unsafe class ExtentMap
{
    private const uint Sync = 1; // FIEMAP_FLAG_SYNC: what is still in memory has no place, so it is written first.
    private const int PerCall = 2048;

    /// <summary>The extents of a file.</summary>
    /// <exception cref="HoldfastException"><c>map.unavailable</c>: the file system does not say.</exception>
    public static List<Extent> Read(SafeFileHandle file, string path, long length)
    {
        var extents = new List<Extent>();
        var size = sizeof(Header) + (PerCall * sizeof(Entry));
        var buffer = (byte*)NativeMemory.AllocZeroed((nuint)size);
        try
        {
            for (var at = 0L; at < length;)
            {
                var header = (Header*)buffer;
                *header = new() { Start = (ulong)at, Length = (ulong)(length - at), Flags = Sync, Room = PerCall };
                if (LibC.ioctl(file, LibC.FIEMAP, buffer) < 0) throw LibC.Failed($"The file system does not tell where '{path}' is on the disk", "map.unavailable", "Everything is read instead.");
                if (header->Count == 0) break;

                var entries = (Entry*)(buffer + sizeof(Header));
                for (var i = 0; i < header->Count; i++) extents.Add(new((long)entries[i].Logical, (long)entries[i].Physical, (long)entries[i].Length, (ExtentFlags)entries[i].Flags));
                var last = extents[^1];
                if (last.End <= at) throw new HoldfastException(ErrorKind.Unavailable, "map.unavailable", $"The file system's map of '{path}' does not go on after byte {at}.", "Everything is read instead.");
                at = last.End;
                if (last.Flags.HasFlag(ExtentFlags.Last)) break;
            }

            return extents;
        }
        finally
        {
            NativeMemory.Free(buffer);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Header
    {
        public ulong Start;
        public ulong Length;
        public uint Flags;
        public uint Count;
        public uint Room;
        private readonly uint _reserved;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public ulong Logical;
        public ulong Physical;
        public ulong Length;
        private readonly ulong _reserved;
        private readonly ulong _reserved2;
        public uint Flags;
        private readonly uint _reserved3;
        private readonly uint _reserved4;
        private readonly uint _reserved5;
    }
}
