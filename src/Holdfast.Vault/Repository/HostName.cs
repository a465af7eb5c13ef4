using System.Runtime.InteropServices;
using System.Text;

namespace Holdfast.Vault.Repository;

/// <summary>The name of this machine as snapshots, locks and keys record it: whole, as restic does.</summary>
/// <remarks><see cref="Environment.MachineName"/> ends at the first dot: web1.east.example and web1.west.example would be one machine, and each would take the other's lock for
/// one of its own whose process is gone.</remarks>
public static unsafe partial class HostName
{
    private const int MaxBytes = 65; // HOST_NAME_MAX, and the zero at its end.

    /// <summary>Gets it, as it is in the namespace of the caller.</summary>
    public static string Current
    {
        get
        {
            var name = stackalloc byte[MaxBytes];
            return gethostname(name, MaxBytes) == 0 ? Encoding.UTF8.GetString(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(name)) : Environment.MachineName;
        }
    }

    [LibraryImport("libc")] private static partial int gethostname(byte* name, nuint length);
}
