using System.Collections.Concurrent;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>The blobs that hold nothing but zeroes. Their ids are known without looking, so what is zero is never fetched.</summary>
internal static class ZeroBlobs
{
    /// <summary>Zeroes that fill a stretch of this length, aligned to it, are written as one blob: a hole of a terabyte is then 262,144 references instead of sixteen million.</summary>
    public const int LongRun = 4 << 20;

    private static readonly ConcurrentDictionary<int, BlobId> Ids = [];
    private static readonly byte[] Zeroes = new byte[LongRun];

    public static ReadOnlyMemory<byte> Content(int length) => Zeroes.AsMemory(0, length);

    public static BlobId IdOf(int length) => Ids.GetOrAdd(length, static length => BlobId.Of(Zeroes.AsSpan(0, length)));

    public static bool IsZero(ReadOnlySpan<byte> content) => content.IndexOfAnyExcept((byte)0) < 0;
}
