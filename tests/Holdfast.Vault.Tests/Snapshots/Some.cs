using Holdfast.Vault.Blobs;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Tests.Snapshots;

/// <summary>Snapshots and blobs for tests.</summary>
internal static class Some
{
    public static DateTimeOffset Noon { get; } = new(2026, 3, 31, 12, 0, 0, TimeSpan.Zero);

    public static BlobId Id(int number)
    {
        Span<byte> bytes = stackalloc byte[BlobId.Length];
        BitConverter.TryWriteBytes(bytes, number);
        return new(bytes);
    }

    public static Snapshot Snapshot(int number, DateTimeOffset? time = null, string host = "web1", params string[] tags) => new()
    {
        Id = BlobId.Of(BitConverter.GetBytes(number)).ToString(),
        Time = time ?? Noon,
        Tree = Id(number),
        Hostname = host,
        Paths = ["/srv"],
        Tags = tags,
    };
}
