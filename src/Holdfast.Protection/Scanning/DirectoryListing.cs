using System.Buffers;
using System.Buffers.Binary;
using Holdfast.Protection.Native;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Scanning;

/// <summary>Reads the names in a directory.</summary>
internal static unsafe class DirectoryListing
{
    private const int BufferBytes = 64 * 1024;
    private const int LengthAt = 16;
    private const int NameAt = 19;

    /// <summary>The names, in the order of their bytes.</summary>
    /// <exception cref="LinuxError">It cannot be read.</exception>
    public static List<string> Read(LinuxPath path)
    {
        using var directory = Descriptor.OpenToRead(path, directory: true);
        return Read(directory);
    }

    /// <summary>The names, in the order of their bytes.</summary>
    public static List<string> Read(Descriptor directory)
    {
        List<string> names = [];
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (true)
            {
                nint read;
                fixed (byte* bytes = buffer) read = LibC.getdents64(directory.Number, bytes, BufferBytes);
                if (read < 0) throw LinuxError.Last("readdir");
                if (read == 0) break;
                for (ReadOnlySpan<byte> rest = buffer.AsSpan(0, (int)read); !rest.IsEmpty; rest = rest[BinaryPrimitives.ReadUInt16LittleEndian(rest[LengthAt..])..])
                {
                    var name = rest[NameAt..BinaryPrimitives.ReadUInt16LittleEndian(rest[LengthAt..])];
                    name = name[..name.IndexOf((byte)0)];
                    if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add(ByteText.Decode(name));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        names.Sort(ByteText.Compare);
        return names;
    }
}
