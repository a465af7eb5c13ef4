using Holdfast.Agent.Etcd;

namespace Holdfast.Agent.Tests.Etcd;

public sealed class CopyMarkTests : IDisposable
{
    private readonly string _data = Directory.CreateTempSubdirectory("holdfast-copy-").FullName;
    private readonly string _run = Directory.CreateTempSubdirectory("holdfast-run-").FullName;

    private string Path => System.IO.Path.Combine(_data, "holdfast-mark");

    public void Dispose()
    {
        Directory.Delete(_data, recursive: true);
        Directory.Delete(_run, recursive: true);
    }

    [Fact]
    public void It_is_found_again_with_what_was_seen_of_the_others()
    {
        new CopyMark(_data, _run).Write(7, new Dictionary<string, long> { ["b"] = 5 });

        var found = new CopyMark(_data, _run);

        Assert.Equal((7, 5, 0), (found.Own, found.SeenOf("b"), found.SeenOf("c")));
    }

    [Fact]
    public void A_shorter_one_leaves_nothing_of_the_longer()
    {
        var mark = new CopyMark(_data, _run);
        mark.Write(7, Enumerable.Range(0, 40).ToDictionary(number => $"a-node-with-a-long-name-{number}", number => (long)number));
        mark.Write(8, new Dictionary<string, long>());

        Assert.Equal(8, new CopyMark(_data, _run).Own);
    }

    [Fact]
    public void A_copy_that_is_put_back_brings_its_mark_and_not_that_of_this_boot()
    {
        var mark = new CopyMark(_data, _run);
        Assert.Null(mark.OfThisBoot);
        mark.Write(7, new Dictionary<string, long>());
        var image = File.ReadAllBytes(Path);
        mark.Write(8, new Dictionary<string, long>());

        File.WriteAllBytes(Path, image);

        var back = new CopyMark(_data, _run);
        Assert.Equal((7, 8), (back.Own, back.OfThisBoot));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"mark\":12")]
    [InlineData("nonsense")]
    public void One_that_cannot_be_read_counts_as_none(string text)
    {
        File.WriteAllText(Path, text);

        Assert.Equal(0, new CopyMark(_data, _run).Own);
    }
}
