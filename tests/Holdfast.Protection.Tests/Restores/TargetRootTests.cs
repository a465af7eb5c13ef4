using Holdfast.Protection.Native;
using Holdfast.Protection.Restores;
using Holdfast.Protection.Scanning;

namespace Holdfast.Protection.Tests.Restores;

/// <summary>Nothing below a target is reached through a symbolic link, whoever put it there and when: a name was looked at before, and may be another thing now.</summary>
public sealed class TargetRootTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-target-").FullName;
    private readonly string _target;
    private readonly string _outside;
    private readonly TargetRoot _root;

    public TargetRootTests()
    {
        (_target, _outside) = (Directory.CreateDirectory(_folder + "/target").FullName, Directory.CreateDirectory(_folder + "/outside").FullName);
        File.WriteAllText(_outside + "/file", "theirs");
        Directory.CreateSymbolicLink(_target + "/swapped", _outside);
        File.CreateSymbolicLink(_target + "/link", _outside + "/file");
        _root = TargetRoot.Open(_target);
    }

    public void Dispose()
    {
        _root.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [InlineData("swapped/file")]
    [InlineData("swapped/new")]
    [InlineData("swapped/../new")]
    [InlineData("../new")]
    [InlineData("../outside/file")]
    [InlineData("FOLDER/new")]
    [InlineData("link")]
    public void No_file_is_opened_to_write_through_a_link_or_above(string path)
    {
        Assert.Throws<LinuxError>(() => _root.Open(LinuxPath.Of(path.Replace("FOLDER", _folder, StringComparison.Ordinal)), LibC.WriteOnly | LibC.Create, 0x180).Dispose());

        AssertUntouched();
    }

    [Fact]
    public void Nothing_is_made_or_removed_through_a_link()
    {
        var swapped = LinuxPath.Of("swapped");
        foreach (var act in (Action[])
        [
            () => _root.EnsureDirectory(swapped, "new"), () => _root.Remove(swapped, "file"), () => _root.MakeSymbolicLink(swapped, "new", "/"), () => _root.List(swapped),
            () => _root.MakeHardLink(swapped, "file", LinuxPath.Of(""), "link"),
        ])
        {
            Assert.Throws<LinuxError>(act);
        }

        Assert.Equal(1, _root.RemoveAll(LinuxPath.Of(""), "swapped")); // The link goes, not what it leads to.
        AssertUntouched();
        Assert.False(Directory.Exists(_target + "/swapped"));
    }

    [Theory]
    [InlineData("", false)]
    [InlineData(".", false)]
    [InlineData("..", false)]
    [InlineData("/etc", false)]
    [InlineData("a/b", false)]
    [InlineData("a\0b", false)]
    [InlineData("..a", true)]
    [InlineData(" ", true)]
    public void A_name_in_a_tree_is_one_name(string name, bool isSafe) => Assert.Equal(isSafe, NodeNames.IsSafe(name));

    private void AssertUntouched()
    {
        Assert.Equal([_outside + "/file"], Directory.GetFileSystemEntries(_outside));
        Assert.Equal("theirs", File.ReadAllText(_outside + "/file"));
        Assert.Equal([_outside, _target], Directory.GetFileSystemEntries(_folder).Order());
    }
}
