using Holdfast.Agent.Hosting;
using Holdfast.Cluster;

namespace Holdfast.Agent.Tests.Hosting;

public sealed class NodeIdentityTests : IDisposable
{
    private static readonly NodeIdentity Identity = new()
    {
        ClusterId = "id", ClusterName = "shop", Node = "a", Address = "10.0.0.5", Store = StoreKind.Etcd, Voter = true,
        EtcdInitialCluster = "a=https://10.0.0.5:2380", EtcdInitialState = "new", Voters = ["10.0.0.5", "10.0.0.6"], Profile = "lan",
    };

    private readonly string _directory = Directory.CreateTempSubdirectory("holdfast-identity-").FullName;

    private string PathOfFile => Path.Combine(_directory, "node.json");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_machine_without_the_file_belongs_to_no_cluster() => Assert.Null(NodeIdentity.Load(_directory));

    [Fact]
    public void What_was_saved_is_loaded_and_nothing_else_is_left_behind()
    {
        Identity.Save(_directory);

        var loaded = NodeIdentity.Load(_directory)!;

        Assert.Equal(Identity.Voters, loaded.Voters);
        Assert.Equal(Identity, loaded with { Voters = Identity.Voters });
        Assert.Equal([PathOfFile], Directory.GetFiles(_directory));
    }

    [Fact]
    public void A_crash_while_saving_leaves_the_old_identity()
    {
        Identity.Save(_directory);
        File.WriteAllText(PathOfFile + ".new", "{ \"clust");

        Assert.Equal("a", NodeIdentity.Load(_directory)!.Node);
        (Identity with { Profile = "wan" }).Save(_directory);
        Assert.Equal("wan", NodeIdentity.Load(_directory)!.Profile);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{}")]
    [InlineData("{ \"clusterId\": \"id\"")]
    [InlineData("[]")]
    [InlineData("{ \"clusterId\": \"id\", \"clusterName\": \"shop\", \"node\": \"a\", \"address\": \"10.0.0.5\", \"store\": \"paper\", \"voter\": true, \"voters\": [], \"profile\": \"lan\" }")]
    public void A_damaged_file_is_an_error_and_never_an_unconfigured_machine(string content)
    {
        File.WriteAllText(PathOfFile, content);

        Assert.Equal("state.damaged", Assert.Throws<HoldfastException>(() => NodeIdentity.Load(_directory)).Code);
    }
}
