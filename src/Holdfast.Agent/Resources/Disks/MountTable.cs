using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Holdfast.Agent.Resources.Disks;

/// <summary>A mounted file system.</summary>
/// <param name="DeviceNumber">Major and minor number of its device, such as <c>8:1</c>.</param>
/// <param name="Target">Where it is mounted.</param>
/// <param name="FileSystem">Its type.</param>
/// <param name="Device">The device that it was mounted from, as the kernel says.</param>
/// <param name="IsReadOnly">Whether the file system itself is read-only, also because the kernel found damage and made it so.</param>
public sealed record MountedFileSystem(string DeviceNumber, string Target, string FileSystem, string Device, bool IsReadOnly);

/// <summary>What is mounted on this node: <c>/proc/self/mountinfo</c>, which costs a fraction of a millisecond. Only looks.</summary>
public static partial class MountTable
{
    /// <summary>Reads the table.</summary>
    public static IReadOnlyList<MountedFileSystem> Read() => Parse(File.ReadAllText("/proc/self/mountinfo"));

    /// <summary>Returns what is mounted on a folder (the last mount is on top), or null. The kernel's table knows no symbolic links.</summary>
    public static MountedFileSystem? At(string target)
    {
        var path = RealPath(target);
        return Read().LastOrDefault(mounted => mounted.Target == path);
    }

    /// <summary>
    /// Answers the question of a peer (see <see cref="IPeers.WhoMountsAsync"/>): where a file system with this UUID is mounted on
    /// this node, or null.
    /// </summary>
    public static string? WhereIsMounted(string fileSystemUuid)
    {
        foreach (var mounted in Read().Where(candidate => candidate.Device.StartsWith("/dev/", StringComparison.Ordinal)))
        {
            try
            {
                if (DiskHeader.Read(BlockDevices.PathOf(mounted.DeviceNumber) ?? mounted.Device).Uuid.Equals(fileSystemUuid, StringComparison.OrdinalIgnoreCase)) return mounted.Target;
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // Gone, or not readable: not a disk that a role could have.
            }
        }

        return null;
    }

    internal static IReadOnlyList<MountedFileSystem> Parse(string table)
    {
        // 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue   (proc(5))
        var mounts = new List<MountedFileSystem>();
        foreach (var line in table.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var fields = line.Split(' ');
            var separator = Array.IndexOf(fields, "-");
            if (separator < 6 || fields.Length < separator + 4) continue;

            mounts.Add(new MountedFileSystem(
                fields[2],
                Unescape(fields[4]),
                fields[separator + 1],
                Unescape(fields[separator + 2]),
                fields[separator + 3].Split(',').Contains("ro") || fields[5].Split(',').Contains("ro")));
        }

        return mounts;
    }

    private static unsafe string RealPath(string path)
    {
        var resolved = stackalloc byte[4096]; // PATH_MAX
        return realpath(path, resolved) != 0 ? Marshal.PtrToStringUTF8((nint)resolved)! : Path.GetFullPath(path).TrimEnd('/');
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial nint realpath(string path, byte* resolved);

    // The kernel writes space, tab, newline and backslash as three octal digits, byte by byte.
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal)) return field;

        var bytes = new List<byte>();
        for (var i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + 3 < field.Length && field.AsSpan(i + 1, 3).IndexOfAnyExceptInRange('0', '7') < 0)
            {
                bytes.Add((byte)(((field[i + 1] - '0') << 6) + ((field[i + 2] - '0') << 3) + (field[i + 3] - '0')));
                i += 3;
            }
            else
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(field[i].ToString(CultureInfo.InvariantCulture)));
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }
}
