using System.Runtime.InteropServices;
using System.Text;
using Holdfast.Leash.Native;

namespace Holdfast.Leash.Units;

/// <summary>An account of this machine.</summary>
internal sealed unsafe partial record Account(string Name, uint Uid, uint Gid, string Home)
{
    /// <summary>Gets the leash's own account.</summary>
    public static Account Own { get; } = FromFile(fields => fields[2] == Libc.geteuid().ToString()) ?? new(Libc.geteuid().ToString(), Libc.geteuid(), Libc.geteuid(), "/");

    /// <summary>Finds an account in the local file, which never blocks.</summary>
    public static Account? FindLocal(string name) => FromFile(fields => fields[0] == name);

    /// <summary>Finds an account through the name services (LDAP, SSSD). May block for seconds: never on the reactor.</summary>
    public static Account? FindAnywhere(string name)
    {
        const int Room = 16384;
        var buffer = stackalloc byte[Room];
        Passwd entry;
        Passwd* found;
        fixed (byte* text = Libc.Text(name))
        {
            if (getpwnam_r(text, &entry, buffer, Room, &found) != 0 || found == null) return null;
        }

        return new(name, entry.Uid, entry.Gid, Marshal.PtrToStringUTF8((nint)entry.Home) ?? "/");
    }

    private static Account? FromFile(Func<string[], bool> matches)
    {
        foreach (var line in File.ReadLines("/etc/passwd", Encoding.UTF8))
        {
            var fields = line.Split(':');
            if (fields.Length >= 7 && matches(fields)) return new(fields[0], uint.Parse(fields[2]), uint.Parse(fields[3]), fields[5]);
        }

        return null;
    }

    [LibraryImport("libc")] private static partial int getpwnam_r(byte* name, Passwd* entry, byte* buffer, nint length, Passwd** result);

    [StructLayout(LayoutKind.Sequential)]
    private struct Passwd
    {
        public byte* Name;
        public byte* Password;
        public uint Uid;
        public uint Gid;
        public byte* Comment;
        public byte* Home;
        public byte* Shell;
    }
}
