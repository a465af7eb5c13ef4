using Holdfast.Protection.Backups;
using Holdfast.Protection.Images;
using Holdfast.Protection.Patterns;
using Holdfast.Protection.Scanning;
using Holdfast.Protection.Tests.Trees;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Tests.Backups;

/// <summary>What a backup does not do again because nothing changed, and when it must.</summary>
public sealed class UnchangedTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("holdfast-unchanged-");
    private readonly CountingBlobs _vault = new();
    private readonly SteppedTime _time = new();

    public UnchangedTests()
    {
        foreach (var name in (string[])["a/x", "a/y", "b/c/z", "top"])
        {
            var path = Path.Combine(_folder.FullName, name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, name);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Of_directories_that_stayed_the_same_no_tree_is_made_again()
    {
        var first = await BackUpAsync(Request());
        _vault.SavedTrees = 0;

        var second = await BackUpAsync(Request() with { Parent = first.Tree });

        Assert.Equal((first.Tree, 0), (second.Tree, _vault.SavedTrees));
        Assert.Equal((0, 4), (second.Counts.DirectoriesChanged, second.Counts.DirectoriesUnmodified));
    }

    [Theory]
    [InlineData("content")]
    [InlineData("mode")]
    [InlineData("time")]
    [InlineData("added")]
    [InlineData("removed")]
    [InlineData("attribute")]
    public async Task A_change_makes_the_trees_above_it_anew_as_a_backup_without_a_parent_would(string change)
    {
        var first = await BackUpAsync(Request());
        var file = Path.Combine(_folder.FullName, "b/c/z");
        switch (change)
        {
            case "content": File.WriteAllText(file, "!"); break;
            case "mode": File.SetUnixFileMode(file, UnixFileMode.UserRead); break;
            case "time": File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch); break;
            case "added": File.WriteAllText(file + "2", ""); break;
            case "removed": File.Delete(file); break;
            default: SampleTree.SetAttribute(file, "user.note", "6E6577"); break;
        }

        var second = await BackUpAsync(Request() with { Parent = first.Tree });

        Assert.NotEqual(first.Tree, second.Tree);
        Assert.Equal((await BackUpAsync(Request())).Tree, second.Tree);
    }

    /// <summary>A base backup of a database hides some files of its parent: what then looks the same is not the tree that is stored.</summary>
    [Fact]
    public async Task A_tree_of_a_source_that_hides_some_of_it_is_made_anew()
    {
        var first = await BackUpAsync(Request());
        File.Delete(Path.Combine(_folder.FullName, "a/x"));
        var expected = await BackUpAsync(Request());

        var second = await new TreeBackup(new Hiding(_vault, "x"), _vault, new Chunker(0x3DA3358B4DC173), _time).RunAsync(Request() with { Parent = first.Tree }, CancellationToken.None);

        Assert.Equal(expected.Tree, second.Tree);
    }

    [Fact]
    public async Task What_was_seen_early_is_what_is_saved()
    {
        var expected = await BackUpAsync(Request());
        using var scan = await SeenAsync(Request());

        var unchanged = await BackUpAsync(Request() with { Parent = expected.Tree, Scan = scan });

        Assert.Equal(expected.Tree, unchanged.Tree);
        Assert.Null(scan.Take(LinuxPath.Of(Path.Combine(_folder.FullName, "a")))); // It was used.
    }

    [Fact]
    public async Task A_file_that_is_changed_after_it_was_seen_early_is_as_it_was_or_is_and_never_half()
    {
        var first = await BackUpAsync(Request());
        using var scan = await SeenAsync(Request());
        File.WriteAllText(Path.Combine(_folder.FullName, "a/x"), "changed after the look");
        File.Delete(Path.Combine(_folder.FullName, "a/y"));

        var second = await BackUpAsync(Request() with { Parent = first.Tree, Scan = scan });
        var third = await BackUpAsync(Request() with { Parent = second.Tree });

        Assert.Equal(first.Tree, second.Tree); // The moment of the look.
        Assert.Equal((await BackUpAsync(Request())).Tree, third.Tree); // The next one finds it.
    }

    [Fact]
    public async Task What_was_seen_too_long_ago_is_looked_at_again()
    {
        var first = await BackUpAsync(Request());
        using var scan = await SeenAsync(Request());
        File.WriteAllText(Path.Combine(_folder.FullName, "a/x"), "changed after the look");
        _time.Advance(TimeSpan.FromSeconds(11));

        var second = await BackUpAsync(Request() with { Parent = first.Tree, Scan = scan });

        Assert.Equal((await BackUpAsync(Request())).Tree, second.Tree);
    }

    [Fact]
    public async Task What_is_excluded_is_not_looked_at_early()
    {
        var request = Request() with { Filter = new SourceFilter { Excludes = new PatternList(["c"]), IfPresent = [DirectoryTag.Parse("y")] } };
        using var scan = await SeenAsync(request);

        Assert.Null(scan.Take(LinuxPath.Of(Path.Combine(_folder.FullName, "b/c"))));
        Assert.Null(scan.Take(LinuxPath.Of(Path.Combine(_folder.FullName, "a"))));
        var expected = await BackUpAsync(request);
        using var again = await SeenAsync(request);
        Assert.Equal(expected.Tree, (await BackUpAsync(request with { Scan = again })).Tree);
    }

    private BackupRequest Request() => new() { Sources = [new BackupSource("top") { ReadFrom = _folder.FullName }], Zone = TimeZoneInfo.Utc };

    private Task<BackupResult> BackUpAsync(BackupRequest request) => new TreeBackup(_vault, _vault, new Chunker(0x3DA3358B4DC173), _time).RunAsync(request, CancellationToken.None);

    private async Task<EarlyScan> SeenAsync(BackupRequest request)
    {
        var scan = new EarlyScan(request, _time);
        scan.Begin();
        await scan.WhenDoneAsync();
        return scan;
    }

    private sealed class CountingBlobs : IBlobSource, IBlobSink
    {
        private readonly MemoryBlobs _blobs = new();

        public int SavedTrees { get; set; }

        public bool TryGetLength(BlobKind kind, BlobId id, out int length) => _blobs.TryGetLength(kind, id, out length);

        public Task<byte[]> LoadAsync(BlobKind kind, BlobId id, CancellationToken cancellationToken) => _blobs.LoadAsync(kind, id, cancellationToken);

        public ValueTask<SavedBlob> SaveAsync(BlobKind kind, ReadOnlyMemory<byte> content, CancellationToken cancellationToken)
        {
            if (kind == BlobKind.Tree) SavedTrees++;
            return _blobs.SaveAsync(kind, content, cancellationToken);
        }

        public Task FlushAsync(CancellationToken cancellationToken) => _blobs.FlushAsync(cancellationToken);
    }

    private sealed class Hiding(IBlobSource source, string name) : IBlobSource
    {
        public bool TryGetLength(BlobKind kind, BlobId id, out int length) => source.TryGetLength(kind, id, out length);

        public async Task<byte[]> LoadAsync(BlobKind kind, BlobId id, CancellationToken cancellationToken)
        {
            var content = await source.LoadAsync(kind, id, cancellationToken);
            if (kind != BlobKind.Tree) return content;
            using var text = TreeJson.Write([.. TreeJson.Parse(content, id).Nodes.Where(node => node.Name != name)]);
            return text.Written.ToArray();
        }
    }

    private sealed class SteppedTime : TimeProvider
    {
        private long _ticks = TimeSpan.TicksPerHour;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        public void Advance(TimeSpan by) => _ticks += by.Ticks;
    }
}
