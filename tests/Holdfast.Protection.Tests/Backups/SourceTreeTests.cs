using Holdfast.Protection.Backups;

namespace Holdfast.Protection.Tests.Backups;

public sealed class SourceTreeTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-sources-").FullName;

    public SourceTreeTests()
    {
        foreach (var file in new[] { "other", "sub/x", "sub/y" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, file))!);
            File.WriteAllText(Path.Combine(_folder, file), file);
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("", "sub/x")]
    [InlineData("sub/x", "")]
    [InlineData("", "sub", "sub/x")]
    [InlineData("sub/x", "", "sub")]
    public void A_source_within_another_is_in_the_tree_once_and_so_is_what_is_beside_it(params string[] sources)
    {
        var tree = SourceTree.Of(sources.Select(source => new BackupSource(Path.Join(_folder, source))));

        string[] expected = [Path.Join(_folder, "other"), Path.Join(_folder, "sub/x"), Path.Join(_folder, "sub/y")];
        Assert.Equal(expected, Leaves(tree));
    }

    [Fact]
    public void The_same_source_twice_is_one()
    {
        var tree = SourceTree.Of([new(_folder), new(_folder + "/"), new(_folder + "/sub/..")]);

        Assert.Equal([_folder], Leaves(tree));
    }

    [Fact]
    public void Two_of_one_name_from_different_places_are_numbered_as_restic_does()
    {
        var tree = SourceTree.Of([new("/x"), new("../x"), new("x")]);

        Assert.Equal(["x", "x-1", "x-2"], tree.Entries.Keys);
    }

    [Fact]
    public void Nothing_is_refused() => Assert.Equal("backup.no-sources", Assert.Throws<HoldfastException>(() => SourceTree.Of([])).Code);

    private static IEnumerable<string> Leaves(SourceTree tree) => tree.Source is { } source ? [source.Path] : tree.Entries.Values.SelectMany(Leaves);
}
