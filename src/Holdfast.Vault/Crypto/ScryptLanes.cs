using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Holdfast.Vault.Crypto;

/// <summary>scrypt (RFC 7914) with two or four of its lanes at once. They do not depend on each other; OpenSSL takes them one by one, which is half of what opening a vault takes.</summary>
/// <remarks>On one thread, and never in more memory than two lanes' tables: more would be the largest piece of memory in a whole backup.</remarks>
internal static unsafe partial class ScryptLanes
{
    // What one pair of lanes works in at most: twice what restic's keys ask for a lane.
    private const long MaxTableBytes = 64L << 20;
    private const int MaxLanes = 64;
    private const nuint HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Whether it is worth it here, and the memory is to be had: others, and a single lane, go to the library.</summary>
    public static bool Take(ScryptParameters parameters) =>
        parameters.P is > 1 and <= MaxLanes && TwoLanes.Takes(parameters.R) && TwoLanes.TableBytes(parameters.N, parameters.R) <= MaxTableBytes;

    public static void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptParameters parameters, Span<byte> key) => Derive(password, salt, parameters, key, FourLanes.Takes(parameters.R));

    internal static void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptParameters parameters, Span<byte> key, bool four)
    {
        var lane = 128 * parameters.R;
        // With an odd number of lanes the last one has a partner that nobody asks.
        var pairs = (parameters.P + 1) / 2;
        var lanes = new byte[2 * pairs * lane];
        Rfc2898DeriveBytes.Pbkdf2(password, salt, lanes.AsSpan(0, parameters.P * lane), 1, HashAlgorithmName.SHA256);
        // As large as it is it comes from the kernel and goes back there: nothing of it is left in memory.
        var bytes = (nuint)TwoLanes.TableBytes(parameters.N, parameters.R);
        var table = (byte*)NativeMemory.AlignedAlloc(bytes, HugePage);
        try
        {
            madvise(table, bytes, AdviseHugePages); // Thousands of page faults fewer; if it is refused, it works all the same.
            fixed (byte* at = lanes)
            {
                var step = four ? FourLanes.Lanes : 2;
                for (var first = 0; first < parameters.P; first += step)
                {
                    var some = (uint*)(at + (first * lane));
                    if (four) FourLanes.Mix(some, Math.Min(step, parameters.P - first), table, (int)parameters.N, parameters.R);
                    else TwoLanes.Mix(some, (uint*)(at + ((first + 1) * lane)), table, (int)parameters.N, parameters.R);
                }
            }
        }
        finally
        {
            NativeMemory.AlignedFree(table);
        }

        Rfc2898DeriveBytes.Pbkdf2(password, lanes.AsSpan(0, parameters.P * lane), key, 1, HashAlgorithmName.SHA256);
        CryptographicOperations.ZeroMemory(lanes);
    }

    [LibraryImport("libc")] private static partial int madvise(void* address, nuint length, int advice);
}
