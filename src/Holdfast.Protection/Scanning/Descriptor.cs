using Holdfast.Protection.Native;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Protection.Scanning;

/// <summary>An open file or directory.</summary>
internal sealed unsafe class Descriptor : SafeHandleMinusOneIsInvalid
{
    private Descriptor(int fd)
        : base(ownsHandle: true) => SetHandle(fd);

    /// <summary>Gets the number; it is good only while this object is in use.</summary>
    public int Number => IsClosed ? throw new ObjectDisposedException(nameof(Descriptor)) : (int)handle;

    /// <summary>Opens a file to be read, never through a symbolic link and, where allowed, without touching its time of access.</summary>
    /// <exception cref="LinuxError">It cannot be opened.</exception>
    public static Descriptor OpenToRead(LinuxPath path, bool directory)
    {
        // Not blocking: what was a file a moment ago may be a fifo now.
        var flags = LibC.ReadOnly | LibC.NoFollow | LibC.CloseOnExec | LibC.NonBlocking | (directory ? LibC.Directory : 0);
        fixed (byte* bytes = path.Terminated)
        {
            var fd = LibC.openat(LibC.AtCurrentDirectory, bytes, flags | LibC.NoAccessTime, 0);
            // Only the owner may leave the time of access alone.
            if (fd < 0 && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == LinuxError.NotPermitted) fd = LibC.openat(LibC.AtCurrentDirectory, bytes, flags, 0);
            return fd < 0 ? throw LinuxError.Last("open") : new Descriptor(fd);
        }
    }

    /// <summary>Opens relative to a directory.</summary>
    /// <exception cref="LinuxError">It cannot be opened.</exception>
    public static Descriptor OpenAt(int directory, ReadOnlySpan<byte> terminatedName, int flags, uint mode)
    {
        fixed (byte* bytes = terminatedName)
        {
            var fd = LibC.openat(directory, bytes, flags | LibC.CloseOnExec, mode);
            return fd < 0 ? throw LinuxError.Last("open") : new Descriptor(fd);
        }
    }

    /// <summary>Opens something below a directory; no symbolic link is followed on the way, nor at the end.</summary>
    /// <exception cref="LinuxError">It cannot be opened.</exception>
    public static Descriptor OpenBeneath(Descriptor root, LinuxPath path, int flags, uint mode = 0) =>
        TryOpenBeneath(root, path, flags, mode) ?? throw LinuxError.Last("open");

    /// <summary>As <see cref="OpenBeneath"/>; null when nothing is there, which is too common for an exception.</summary>
    /// <exception cref="LinuxError">It cannot be opened for another reason.</exception>
    public static Descriptor? TryOpenBeneath(Descriptor root, LinuxPath path, int flags, uint mode = 0)
    {
        var how = new LibC.OpenHow
        {
            Flags = (ulong)(uint)(flags | LibC.CloseOnExec | LibC.NoFollow),
            Mode = mode,
            Resolve = LibC.OpenHow.NoSymbolicLinks | LibC.OpenHow.Beneath,
        };
        fixed (byte* bytes = path.Terminated)
        {
            while (true)
            {
                var fd = LibC.syscall(LibC.OpenHow.SystemCall, root.Number, bytes, &how, (nuint)sizeof(LibC.OpenHow));
                if (fd >= 0) return new Descriptor((int)fd);
                // The kernel asks for another try when something was renamed meanwhile.
                switch (System.Runtime.InteropServices.Marshal.GetLastPInvokeError())
                {
                    case LinuxError.NoEntry or LinuxError.NotDirectory: return null;
                    case LinuxError.Again or LinuxError.Interrupted: break;
                    default: throw LinuxError.Last("open");
                }
            }
        }
    }

    /// <summary>Reads at a place; 0 is the end.</summary>
    public int Read(Span<byte> buffer, long offset)
    {
        fixed (byte* bytes = buffer)
        {
            while (true)
            {
                var read = LibC.pread(Number, bytes, (nuint)buffer.Length, offset);
                if (read >= 0) return (int)read;
                if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != LinuxError.Interrupted) throw LinuxError.Last("read");
            }
        }
    }

    /// <summary>Writes all of it at a place.</summary>
    public void Write(ReadOnlySpan<byte> content, long offset)
    {
        fixed (byte* bytes = content)
        {
            for (nint done = 0; done < content.Length;)
            {
                var written = LibC.pwrite(Number, bytes + done, (nuint)(content.Length - done), offset + done);
                if (written >= 0) done += written;
                else if (System.Runtime.InteropServices.Marshal.GetLastPInvokeError() != LinuxError.Interrupted) throw LinuxError.Last("write");
            }
        }
    }

    /// <summary>Where data begin at or after a place; null when none do.</summary>
    public long? NextData(long offset)
    {
        var at = LibC.lseek(Number, offset, LibC.SeekData);
        if (at >= 0) return at;
        var error = System.Runtime.InteropServices.Marshal.GetLastPInvokeError();
        return error == LinuxError.NoDevice ? null : offset; // No such thing on this file system: all is data.
    }

    protected override bool ReleaseHandle() => LibC.close((int)handle) == 0;
}
