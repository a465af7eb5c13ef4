using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using Holdfast.Protection.Native;

namespace Holdfast.Protection.Scanning;

/// <summary>Names of users and groups, each asked for once: the answer may come from a directory server.</summary>
internal sealed unsafe class AccountNames
{
    private const int BufferBytes = 64 * 1024;
    private readonly ConcurrentDictionary<uint, string> _users = [];
    private readonly ConcurrentDictionary<uint, string> _groups = [];

    /// <summary>A user's name, empty when there is none.</summary>
    public string User(uint id) => _users.TryGetValue(id, out var name) ? name : _users.GetOrAdd(id, static id => Ask(id, isGroup: false));

    /// <summary>A group's name, empty when there is none.</summary>
    public string Group(uint id) => _groups.TryGetValue(id, out var name) ? name : _groups.GetOrAdd(id, static id => Ask(id, isGroup: true));

    private static string Ask(uint id, bool isGroup)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            LibC.Account entry;
            LibC.Account* found = null;
            fixed (byte* bytes = buffer)
            {
                var error = isGroup ? LibC.getgrgid_r(id, &entry, bytes, BufferBytes, &found) : LibC.getpwuid_r(id, &entry, bytes, BufferBytes, &found);
                return error != 0 || found == null ? "" : Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(found->Name));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
