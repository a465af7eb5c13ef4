using Holdfast.Protection.Native;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Scanning;

internal static unsafe class SymbolicLink
{
    private const int MaxBytes = 4096;

    /// <summary>Where it leads.</summary>
    /// <exception cref="LinuxError">It is no symbolic link any more.</exception>
    public static string Read(LinuxPath path)
    {
        var target = stackalloc byte[MaxBytes];
        fixed (byte* bytes = path.Terminated)
        {
            var length = LibC.readlink(bytes, target, MaxBytes);
            return length < 0 ? throw LinuxError.Last("readlink") : ByteText.Decode(new(target, (int)length));
        }
    }
}
