using System.Buffers;
using System.Runtime.InteropServices;
using Holdfast.Protection.Native;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Scanning;

/// <summary>Reads the extended attributes of things, access control lists among them.</summary>
internal static unsafe class ExtendedAttributes
{
    private const int ListBytes = 64 * 1024; // Linux's own limit for a list, and for a value.

    /// <summary>Those of an open file.</summary>
    /// <exception cref="LinuxError">They cannot be listed.</exception>
    public static IReadOnlyList<ExtendedAttribute> Of(Descriptor file) => Read(file.Number, null);

    /// <summary>Those of a path, not through a symbolic link.</summary>
    /// <exception cref="LinuxError">They cannot be listed.</exception>
    public static IReadOnlyList<ExtendedAttribute> Of(LinuxPath path)
    {
        fixed (byte* bytes = path.Terminated) return Read(-1, bytes);
    }

    private static List<ExtendedAttribute> Read(int fd, byte* path)
    {
        // Most things have none: asking for the length costs one call and no memory.
        var length = path == null ? LibC.flistxattr(fd, null, 0) : LibC.llistxattr(path, null, 0);
        if (length == 0) return [];
        if (length < 0) return IsNone() ? [] : throw LinuxError.Last("listxattr");
        var list = ArrayPool<byte>.Shared.Rent(ListBytes);
        var value = ArrayPool<byte>.Shared.Rent(ListBytes);
        try
        {
            fixed (byte* names = list, bytes = value)
            {
                length = path == null ? LibC.flistxattr(fd, names, ListBytes) : LibC.llistxattr(path, names, ListBytes);
                if (length < 0) return IsNone() ? [] : throw LinuxError.Last("listxattr");
                List<ExtendedAttribute> attributes = [];
                for (var at = 0; at < length;)
                {
                    var name = MemoryMarshal.CreateReadOnlySpanFromNullTerminated(names + at);
                    var size = path == null ? LibC.fgetxattr(fd, names + at, bytes, ListBytes) : LibC.lgetxattr(path, names + at, bytes, ListBytes);
                    if (size >= 0) attributes.Add(new(ByteText.Decode(name), value.AsSpan(0, (int)size).ToArray()));
                    at += name.Length + 1;
                }

                return attributes;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(list);
            ArrayPool<byte>.Shared.Return(value);
        }
    }

    // A file system without attributes has none; SMB says so in its own way.
    private static bool IsNone() => Marshal.GetLastPInvokeError() is LinuxError.NotSupported or LinuxError.NoData;
}
