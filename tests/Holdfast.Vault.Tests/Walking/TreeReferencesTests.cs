using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Vault.Tests.Snapshots;
using Holdfast.Vault.Walking;

namespace Holdfast.Vault.Tests.Walking;

public class TreeReferencesTests
{
    private static readonly string Tree = $$"""
        {"later":[{"nodes":1}],"nodes":[
         {"name":"d","type":"dir","extended_attributes":[{"name":"user.a","value":"eA=="}],"content":null,"subtree":"{{Some.Id(1)}}"},
         {"name":"f","type":"file","subtree":null,"content":["{{Some.Id(2)}}","{{Some.Id(3)}}","{{Some.Id(2)}}"]},
         {"name":"e","type":"file","content":[]},
         {"name":"l","type":"symlink","content":["{{Some.Id(9)}}"]}]}
        """;

    [Fact]
    public void Subtrees_and_content_are_found_and_nothing_else()
    {
        var tree = TreeReferences.Read(Encoding.UTF8.GetBytes(Tree));

        Assert.Equal([Some.Id(1)], tree.Subtrees);
        Assert.Equal([Some.Id(2), Some.Id(3), Some.Id(2)], tree.Content);
        Assert.Empty(tree.Faults);
    }

    [Theory]
    [InlineData("""{"nodes":[{"name":"d","type":"dir"}]}""", "the directory \"d\" has no tree")]
    [InlineData("""{"nodes":[{"name":"f","type":"file"}]}""", "the file \"f\" has no list of blobs")]
    [InlineData("""{"nodes":[{"name":"f","type":"file","content":null}]}""", "the file \"f\" has no list of blobs")]
    [InlineData("""{"nodes":[{"name":"f","type":"file","content":["1"]}]}""", "a file names a blob that is no id")]
    [InlineData("""{"nodes":[{"name":"","type":"fifo"}]}""", "a node has no name")]
    [InlineData("""{"nodes":[{"name":"x","type":"door"}]}""", "the node \"x\" has the type \"door\", which is not known")]
    public void A_fault_of_a_node_is_told(string json, string fault) => Assert.Equal([fault], TreeReferences.Read(Encoding.UTF8.GetBytes(json)).Faults);

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"nodes":[{"name":1}]}""")]
    [InlineData("""{"nodes":[{"name":"\ud800"}]}""")]
    public void What_is_no_tree_is_refused(string json) => Assert.ThrowsAny<JsonException>(() => TreeReferences.Read(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void A_damaged_tree_is_refused_or_read_and_never_crashes()
    {
        var bytes = Encoding.UTF8.GetBytes(Tree);
        var damages = from at in Gen.Choose(0, bytes.Length - 1) from value in Gen.Choose(0, 255) from length in Gen.Choose(0, bytes.Length) select (at, value, length);

        Prop.ForAll(damages.ToArbitrary(), damage =>
        {
            var damaged = bytes.ToArray();
            damaged[damage.at] = (byte)damage.value;
            try
            {
                TreeReferences.Read(damage.length > damage.at ? damaged.AsSpan(0, damage.length) : damaged);
            }
            catch (JsonException)
            {
                return true;
            }

            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }
}
