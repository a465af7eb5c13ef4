using Holdfast.Protection.Native;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Protection.Images;

/// <summary>A file or a block device that an image is restored to. A device that is mounted or otherwise in use is refused by the kernel, because it is opened exclusively.</summary>
public sealed class VolumeTarget : IImageTarget
{
    private readonly SafeFileHandle _file;
    private readonly string _path;
    private volatile bool _canPunch = true;

    private VolumeTarget(SafeFileHandle file, string path, bool isEmpty)
    {
        _file = file;
        _path = path;
        IsEmpty = isEmpty;
    }

    /// <inheritdoc/>
    public bool IsEmpty { get; }

    /// <summary>Opens a device, or a file, which is made when it is missing and given the length of the image.</summary>
    /// <exception cref="HoldfastException"><c>volume.too-small</c>, <c>volume.in-use</c>, <c>volume.unwritable</c>.</exception>
    public static VolumeTarget Open(string path, long length)
    {
        if (File.Exists(path) && LibC.Stat(path).IsBlockDevice) return OpenDevice(path, length);
        try
        {
            var existed = File.Exists(path) && new FileInfo(path).Length > 0;
            var file = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            RandomAccess.SetLength(file, length);
            return new(file, path, !existed);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            throw Unwritable(path, refused);
        }
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        for (var done = 0; done < buffer.Length;)
        {
            var read = RandomAccess.Read(_file, buffer[done..], offset + done);
            if (read == 0) throw new HoldfastException(ErrorKind.Conflict, "volume.unreadable", $"'{_path}' ends at byte {offset + done}.", "Somebody shortened it: restore again.");
            done += read;
        }
    }

    /// <inheritdoc/>
    public void Write(long offset, ReadOnlySpan<byte> content)
    {
        try
        {
            RandomAccess.Write(_file, content, offset);
        }
        catch (IOException failed)
        {
            throw Unwritable(_path, failed);
        }
    }

    /// <inheritdoc/>
    public void Clear(long offset, long length)
    {
        if (_canPunch)
        {
            if (LibC.fallocate(_file, LibC.PunchHole | LibC.KeepSize, offset, length) == 0) return;
            _canPunch = false; // A device without discard, or a file system without holes: zeroes are written.
        }

        while (length > 0)
        {
            var part = (int)Math.Min(length, ZeroBlobs.LongRun);
            Write(offset, ZeroBlobs.Content(part).Span);
            offset += part;
            length -= part;
        }
    }

    /// <inheritdoc/>
    public void Flush()
    {
        try
        {
            RandomAccess.FlushToDisk(_file);
        }
        catch (IOException failed)
        {
            throw Unwritable(_path, failed);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private static VolumeTarget OpenDevice(string path, long length)
    {
        var descriptor = LibC.open(path, LibC.ReadWrite | LibC.Exclusive | LibC.CloseOnExec, 0);
        if (descriptor < 0)
        {
            throw System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == LibC.EBUSY
                ? new HoldfastException(ErrorKind.Conflict, "volume.in-use", $"'{path}' is mounted or otherwise in use.", "Unmount it first; what is on it will be replaced.")
                : LibC.Failed($"'{path}' cannot be written", "volume.unwritable");
        }

        var file = new SafeFileHandle(descriptor, ownsHandle: true);
        var there = VolumeSource.DeviceLength(file, path);
        if (there >= length) return new(file, path, isEmpty: false);
        file.Dispose();
        throw new HoldfastException(ErrorKind.Invalid, "volume.too-small", $"'{path}' has {there} bytes and the image {length}.", "Choose a larger device.");
    }

    private static HoldfastException Unwritable(string path, Exception why) =>
        new(ErrorKind.Unavailable, "volume.unwritable", $"'{path}' cannot be written: {why.Message}", "Make space or choose another target, and restore again: what is there already is kept.", why);
}
