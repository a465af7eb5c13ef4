using System.Runtime.InteropServices;
using Holdfast.Protection.Native;
using Holdfast.Protection.Ranges;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Protection.Images;

/// <summary>A block device or an image file as the source of a backup. Holes of a file are found by the file system; a device's free blocks must be told.</summary>
public sealed class VolumeSource : IImageSource
{
    private readonly SafeFileHandle _file;
    private readonly string _path;

    private readonly bool _hasFreeBlocks;

    private VolumeSource(SafeFileHandle file, string path, long length, RangeSet data, bool hasFreeBlocks)
    {
        _hasFreeBlocks = hasFreeBlocks;
        _file = file;
        _path = path;
        Length = length;
        Data = data;
    }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public RangeSet Data { get; }

    /// <summary>Opens a device or a file.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="used">Where the file system in it has blocks in use, when that is known; null reads everything that is not a hole.</param>
    /// <exception cref="HoldfastException"><c>volume.not-found</c>, <c>volume.unreadable</c>, <c>volume.not-one</c>.</exception>
    public static VolumeSource Open(string path, RangeSet? used = null)
    {
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            var stat = LibC.Stat(file, path);
            if (!stat.IsBlockDevice && !stat.IsRegularFile) throw new HoldfastException(ErrorKind.Invalid, "volume.not-one", $"'{path}' is neither a block device nor a file.", "Name a device such as /dev/vg/data, or an image file.");
            // What was read from the device before may be cached there, and a mounted file system writes past that cache. Who may not drop it has no mounted device to read either.
            if (stat.IsBlockDevice) _ = LibC.ioctl(file, LibC.BLKFLSBUF, 0);
            var length = stat.IsBlockDevice ? DeviceLength(file, path) : (long)stat.Size;
            var data = stat.IsBlockDevice ? RangeSet.All(length) : DataOf(file, path, length);
            return new(file, path, length, used is null ? data : data.Intersect(used), used is not null);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new HoldfastException(ErrorKind.NotFound, "volume.not-found", $"There is no '{path}'.", "List what there is: holdfast volumes", missing);
        }
        catch (UnauthorizedAccessException refused)
        {
            file?.Dispose();
            throw new HoldfastException(ErrorKind.Forbidden, "volume.unreadable", $"'{path}' may not be read by this user.", "Run as root, or as a member of the group 'disk'.", refused);
        }
        catch
        {
            file?.Dispose();
            throw;
        }
    }

    /// <summary>The file as it is now, to tell later whether it was written; null when that would not tell.</summary>
    /// <param name="path">Its path.</param>
    /// <param name="now">The time: a file written in the last two seconds can be written again without its times changing, since the kernel's clock for them is coarse.</param>
    public static FileIdentity? IdentityOf(string path, DateTimeOffset now)
    {
        var stat = LibC.Stat(path);
        var limit = (now.ToUnixTimeMilliseconds() - 2000) * 1_000_000;
        return stat.IsRegularFile && stat.Changed.TotalNanoseconds < limit && stat.Modified.TotalNanoseconds < limit
            ? new(stat.Inode, (long)stat.Size, stat.Modified.TotalNanoseconds, stat.Changed.TotalNanoseconds) : null;
    }

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        var place = new ByteRange(offset, buffer.Length);
        try
        {
            for (var done = 0; done < buffer.Length;)
            {
                var read = RandomAccess.Read(_file, buffer[done..], offset + done);
                if (read == 0) throw new EndOfStreamException("It ends there.");
                done += read;
            }
        }
        catch (IOException failed)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "volume.unreadable", $"'{_path}' cannot be read at byte {offset}: {failed.Message}", "Look for errors of the disk: dmesg", failed);
        }

        if (_hasFreeBlocks) ClearFree(place, buffer);
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    internal static unsafe long DeviceLength(SafeFileHandle file, string path)
    {
        ulong length;
        return LibC.ioctl(file, LibC.BLKGETSIZE64, &length) == 0 ? (long)length : throw LibC.Failed($"The length of '{path}' cannot be found out");
    }

    // What was deleted is no part of the volume: not even where it shares a blob with something that is.
    private void ClearFree(ByteRange place, Span<byte> buffer)
    {
        var at = place.Offset;
        foreach (var used in Data.Within(place).Ranges)
        {
            buffer[(int)(at - place.Offset)..(int)(used.Offset - place.Offset)].Clear();
            at = used.End;
        }

        buffer[(int)(at - place.Offset)..].Clear();
    }

    private static RangeSet DataOf(SafeFileHandle file, string path, long length)
    {
        var ranges = new List<ByteRange>();
        for (var at = 0L; at < length;)
        {
            var start = LibC.lseek(file, at, LibC.SeekData);
            if (start < 0)
            {
                var errno = Marshal.GetLastPInvokeError();
                if (errno == LibC.ENXIO) break; // Nothing but a hole until the end.
                if (errno == LibC.EINVAL) return RangeSet.All(length); // A file system that does not know.
                throw LibC.Failed($"The holes of '{path}' cannot be found", "volume.unreadable");
            }

            var end = LibC.lseek(file, start, LibC.SeekHole);
            if (end < 0) throw LibC.Failed($"The holes of '{path}' cannot be found", "volume.unreadable");
            ranges.Add(ByteRange.Between(start, Math.Min(end, length)));
            at = end;
        }

        return RangeSet.Of(ranges);
    }
}
