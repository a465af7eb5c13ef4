using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Holdfast.Vault.Crypto;

/// <summary>scrypt (RFC 7914) with two or four of its lanes at once. They do not depend on each other; OpenSSL takes them one by one, which is half of what opening a vault takes.</summary>
/// <remarks>In no more memory than two lanes' tables, or three where it takes two threads: more would be the largest piece of memory in a whole backup.</remarks>
internal static unsafe partial class ScryptLanes
{
    // What one pair of lanes works in at most: twice what restic's keys ask for a lane.
    private const long MaxTableBytes = 64L << 20;
    private const int MaxLanes = 64;
    private const int LanesOfTwoThreads = 6;
    private const nuint HugePage = 2 << 20;
    private const int AdviseHugePages = 14;

    /// <summary>Whether it is worth it here, and the memory is to be had: others, and a single lane, go to the library.</summary>
    public static bool Take(ScryptParameters parameters) =>
        parameters.P is > 1 and <= MaxLanes && TwoLanes.Takes(parameters.R) && TwoLanes.TableBytes(parameters.N, parameters.R) <= MaxTableBytes;

    public static void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptParameters parameters, Span<byte> key) =>
        Derive(password, salt, parameters, key, FourLanes.Takes(parameters.R), Environment.ProcessorCount);

    internal static void Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, ScryptParameters parameters, Span<byte> key, bool four, int processors)
    {
        var lane = 128 * parameters.R;
        // With an odd number of lanes the last one has a partner that nobody asks.
        var lanes = new byte[(parameters.P + 1) / 2 * 2 * lane];
        Rfc2898DeriveBytes.Pbkdf2(password, salt, lanes.AsSpan(0, parameters.P * lane), 1, HashAlgorithmName.SHA256);
        var (n, r) = ((int)parameters.N, parameters.R);
        var atOnce = !four ? 2 : processors > 1 ? LanesOfTwoThreads : FourLanes.Lanes;
        // As large as it is it comes from the kernel and goes back there: nothing of it is left in memory.
        var bytes = (nuint)Math.Max(TwoLanes.TableBytes(n, r), four ? FourLanes.TableBytes(Math.Min(atOnce, parameters.P), n, r, skip: true) : 0);
        var table = (byte*)NativeMemory.AlignedAlloc(bytes, HugePage);
        try
        {
            madvise(table, bytes, AdviseHugePages); // Thousands of page faults fewer; if it is refused, it works all the same.
            fixed (byte* at = lanes)
            {
                for (var first = 0; first < parameters.P; first += atOnce)
                {
                    var some = (uint*)(at + (first * lane));
                    var count = Math.Min(atOnce, parameters.P - first);
                    if (!four) TwoLanes.Mix(some, (uint*)(at + ((first + 1) * lane)), table, n, r);
                    else if (count > FourLanes.Lanes) MixOnTwoThreads(some, count, table, n, r);
                    else FourLanes.Mix(some, count, table, n, r, skip: count > 2);
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

    // Half of them each: four would not take longer than three, but more memory.
    private static void MixOnTwoThreads(uint* data, int lanes, byte* table, int n, int r)
    {
        var here = lanes / 2;
        var (firstWord, firstByte) = ((nuint)here * 32 * (nuint)r, FourLanes.TableBytes(here, n, r, skip: true));
        var other = new Thread(() => FourLanes.Mix(data + firstWord, lanes - here, table + firstByte, n, r, skip: true));
        other.Start();
        FourLanes.Mix(data, here, table, n, r, skip: true);
        other.Join();
    }

    [LibraryImport("libc")] private static partial int madvise(void* address, nuint length, int advice);
}
