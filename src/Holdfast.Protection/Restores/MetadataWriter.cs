using System.Globalization;
using System.Runtime.InteropServices;
using Holdfast.Protection.Native;
using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Restores;

/// <summary>Gives restored things their owner, mode, attributes and times: in this order, since each may undo an earlier one's.</summary>
internal static unsafe class MetadataWriter
{
    private static readonly bool IsRoot = LibC.geteuid() == 0;

    /// <summary>Sets everything but a symbolic link's times.</summary>
    /// <param name="thing">It, opened in any way.</param>
    /// <param name="isPathOnly">Whether it was opened with <see cref="LibC.PathOnly"/>: then it is reached by its name in <c>/proc</c>.</param>
    /// <param name="node">What it shall have.</param>
    /// <param name="existed">Whether it may have attributes that it shall not have.</param>
    /// <returns>What went wrong, or null.</returns>
    public static string? Apply(Descriptor thing, bool isPathOnly, Node node, bool existed)
    {
        string? wrong = null;
        byte empty = 0;
        if (LibC.fchownat(thing.Number, &empty, node.Uid, node.Gid, LibC.AtEmptyPath) != 0 && (IsRoot || Marshal.GetLastPInvokeError() != LinuxError.NotPermitted)) Note("chown");
        if (node.Type == NodeType.SymbolicLink) return wrong;

        var mode = NodeMode.ToLinux(node.Mode);
        if (!isPathOnly)
        {
            if (LibC.fchmod(thing.Number, mode) != 0) Note("chmod");
            SetAttributes(thing.Number, null);
            SetTimes(thing.Number, null);
            return wrong;
        }

        fixed (byte* path = LinuxPath.Of(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{thing.Number}")).Terminated)
        {
            if (LibC.fchmodat(LibC.AtCurrentDirectory, path, mode, 0) != 0) Note("chmod");
            SetAttributes(-1, path);
            SetTimes(-1, path);
        }

        return wrong;

        void SetAttributes(int fd, byte* path)
        {
            if (existed && path == null) RemoveOthers(fd);
            foreach (var attribute in node.ExtendedAttributes)
            {
                fixed (byte* name = LinuxPath.Of(attribute.Name).Terminated, value = attribute.Value)
                {
                    var size = (nuint)attribute.Value.Length;
                    if ((path == null ? LibC.fsetxattr(fd, name, value, size, 0) : LibC.setxattr(path, name, value, size, 0)) != 0) Note("setxattr " + attribute.Name);
                }
            }
        }

        void RemoveOthers(int fd)
        {
            IReadOnlyList<ExtendedAttribute> found;
            try
            {
                found = ExtendedAttributes.Of(thing);
            }
            catch (LinuxError)
            {
                return; // What cannot be listed was not listed by the backup either.
            }

            foreach (var other in found)
            {
                if (node.ExtendedAttributes.Any(attribute => attribute.Name == other.Name) || other.Name.StartsWith("security.selinux", StringComparison.Ordinal)) continue;
                fixed (byte* name = LinuxPath.Of(other.Name).Terminated)
                {
                    if (LibC.fremovexattr(fd, name) != 0) Note("removexattr " + other.Name);
                }
            }
        }

        void SetTimes(int fd, byte* path)
        {
            var times = stackalloc long[4] { node.AccessedAt.Seconds, node.AccessedAt.Nanoseconds, node.ModifiedAt.Seconds, node.ModifiedAt.Nanoseconds };
            if ((path == null ? LibC.futimens(fd, times) : LibC.utimensat(LibC.AtCurrentDirectory, path, times, 0)) != 0) Note("utimensat");
        }

        void Note(string operation) => wrong ??= LinuxError.Last(operation).Message;
    }
}
