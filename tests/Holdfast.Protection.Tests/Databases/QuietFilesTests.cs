using Holdfast.Protection.Databases;
using Holdfast.Protection.Images;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Tests.Databases;

public sealed class QuietFilesTests
{
    private static readonly DateTimeOffset ReadFrom = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(-3600, true)]
    [InlineData(-3, true)]
    [InlineData(-2, false)]
    [InlineData(0, false)]
    [InlineData(60, false)]
    public async Task A_file_is_taken_over_only_if_it_had_been_quiet_before_it_was_read(int seconds, bool isTaken)
    {
        var blobs = new MemoryBlobs();
        var tree = await new Tree([Node("folder", NodeType.Directory, 0), Node("relation", NodeType.File, seconds)]).SaveAsync(blobs, default);

        var seen = await Tree.LoadAsync(new QuietFiles(blobs, ReadFrom), tree.Id, default);

        Assert.Equal(isTaken, seen.Find("relation") is not null);
        Assert.NotNull(seen.Find("folder"));
    }

    private static Node Node(string name, NodeType type, int seconds) => new()
    {
        Name = name, Type = type, ModifiedAt = NodeTime.In(TimeZoneInfo.Utc, ReadFrom.AddSeconds(seconds).ToUnixTimeSeconds(), 0), Content = type == NodeType.File ? [] : null, Subtree = type == NodeType.Directory ? BlobId.Of([1]) : null,
    };
}
