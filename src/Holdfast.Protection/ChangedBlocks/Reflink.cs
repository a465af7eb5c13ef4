using System.Runtime.InteropServices;
using Holdfast.Protection.Images;
using Holdfast.Protection.Native;
using Microsoft.Win32.SafeHandles;

namespace Holdfast.Protection.ChangedBlocks;

/// <summary>Copies of a file that share its blocks (<c>FICLONE</c>): XFS and btrfs.</summary>
internal static class Reflink
{
    /// <summary>Makes one beside the file, whole or not at all; reading only, so that nobody writes to it by mistake.</summary>
    /// <exception cref="HoldfastException"><c>reflink.unavailable</c>: the file system has none; or the disk is full.</exception>
    public static KeptState Make(string path, string name)
    {
        var copy = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(path))!, name);
        try
        {
            using var from = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var to = File.OpenHandle(copy, FileMode.CreateNew, FileAccess.Write, FileShare.Read);
            try
            {
                return Clone(from, to, path, name);
            }
            catch
            {
                Remove(copy); // Ours: it was made new just now.
                throw;
            }
        }
        catch (Exception failed) when (failed is IOException or UnauthorizedAccessException)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "reflink.failed", $"'{copy}' cannot be made: {failed.Message}", "Make space, and look whether the folder may be written.", failed);
        }
    }

    /// <summary>Removes one; one that is gone is no error.</summary>
    public static void Remove(string path)
    {
        if (File.Exists(path)) File.Delete(path);
    }

    private static KeptState Clone(SafeFileHandle from, SafeFileHandle to, string path, string name)
    {
        File.SetUnixFileMode(to, UnixFileMode.UserRead);
        if (LibC.ioctl(to, LibC.FICLONE, from.DangerousGetHandle()) < 0)
        {
            throw Marshal.GetLastPInvokeError() is LibC.EOPNOTSUPP or LibC.ENOTTY or LibC.EINVAL or LibC.EXDEV
                ? new HoldfastException(ErrorKind.Conflict, "reflink.unavailable", $"The file system of '{path}' cannot share blocks between files.", "XFS (made with reflink=1) and btrfs can.")
                : LibC.Failed($"'{path}' cannot be copied by sharing its blocks", "reflink.failed");
        }

        RandomAccess.FlushToDisk(to);
        var stat = LibC.Stat(to, path);
        return new(name, stat.Inode, stat.Changed.TotalNanoseconds);
    }
}
