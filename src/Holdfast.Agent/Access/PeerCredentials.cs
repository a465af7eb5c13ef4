using System.Buffers;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Holdfast.Agent.Access;

/// <summary>The account at the other end of a Unix socket, as the kernel knows it since that end connected.</summary>
/// <param name="ProcessId">Its process then.</param>
/// <param name="UserId">Its effective user.</param>
/// <param name="Groups">Its effective group and every supplementary one.</param>
internal sealed partial record PeerCredentials(int ProcessId, uint UserId, uint[] Groups)
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;
    private const int SoPeerGroups = 59;
    private const int MostGroups = 65_536; // NGROUPS_MAX
    private const int NameBytes = 16 * 1024;

    /// <summary>This process's own user.</summary>
    public static uint Own => geteuid();

    /// <summary>Asks the kernel.</summary>
    /// <exception cref="SocketException">It is no Unix socket.</exception>
    public static PeerCredentials Of(Socket socket)
    {
        var cred = new byte[12];
        if (socket.GetRawSocketOption(SolSocket, SoPeerCred, cred) != cred.Length) throw new SocketException((int)SocketError.OperationNotSupported);
        var of = MemoryMarshal.Cast<byte, uint>(cred);
        var list = ArrayPool<byte>.Shared.Rent(MostGroups * sizeof(uint)); // For every request, and nearly always for a few bytes.
        try
        {
            var length = socket.GetRawSocketOption(SolSocket, SoPeerGroups, list);
            return new((int)of[0], of[1], [of[2], .. MemoryMarshal.Cast<byte, uint>(list.AsSpan(0, length))]);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(list);
        }
    }

    /// <summary>The user's name; null when the name service knows none.</summary>
    public static unsafe string? NameOfUser(uint id)
    {
        var buffer = new byte[NameBytes];
        fixed (byte* texts = buffer)
        {
            nint* entry = stackalloc nint[8]; // struct passwd; the name is its first field.
            return getpwuid_r(id, entry, texts, NameBytes, out var found) == 0 && found != 0 ? Text(entry[0]) : null;
        }
    }

    /// <summary>The group's name; null when the name service knows none.</summary>
    public static unsafe string? NameOfGroup(uint id)
    {
        var buffer = new byte[NameBytes];
        fixed (byte* texts = buffer)
        {
            nint* entry = stackalloc nint[8]; // struct group; the name is its first field.
            return getgrgid_r(id, entry, texts, NameBytes, out var found) == 0 && found != 0 ? Text(entry[0]) : null;
        }
    }

    private static string? Text(nint text) => Marshal.PtrToStringUTF8(text);

    [LibraryImport("libc")]
    private static partial uint geteuid();

    [LibraryImport("libc")]
    private static unsafe partial int getpwuid_r(uint id, nint* entry, byte* buffer, nuint length, out nint found);

    [LibraryImport("libc")]
    private static unsafe partial int getgrgid_r(uint id, nint* entry, byte* buffer, nuint length, out nint found);
}
