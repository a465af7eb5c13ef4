using System.Runtime.InteropServices;

namespace Holdfast.Agent.Resources.Processes;

/// <summary>An account of this machine, from the name service (so that directory accounts count too). Only looks.</summary>
/// <param name="Name">The name.</param>
/// <param name="UserId">The user id.</param>
/// <param name="Groups">The primary group first, then every other.</param>
internal sealed partial record Account(string Name, uint UserId, uint[] Groups)
{
    public bool IsRoot => UserId == 0;

    /// <summary>Returns the account, or null when there is none of this name.</summary>
    public static unsafe Account? Find(string name)
    {
        var buffer = new byte[16 * 1024];
        fixed (byte* texts = buffer)
        {
            var error = getpwnam_r(name, out var entry, texts, (nuint)buffer.Length, out var found);
            if (error != 0 || found == 0) return null;

            var groups = new uint[256];
            var count = groups.Length;
            fixed (uint* list = groups)
            {
                if (getgrouplist(name, entry.GroupId, list, ref count) < 0) count = 0;
            }

            return new Account(name, entry.UserId, count > 0 ? groups[..count] : [entry.GroupId]);
        }
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PasswordEntry
    {
        public nint Name;
        public nint Password;
        public uint UserId;
        public uint GroupId;
        public nint Description;
        public nint Home;
        public nint Shell;
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int getpwnam_r(string name, out PasswordEntry entry, byte* buffer, nuint length, out nint found);

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int getgrouplist(string name, uint primary, uint* groups, ref int count);
}
