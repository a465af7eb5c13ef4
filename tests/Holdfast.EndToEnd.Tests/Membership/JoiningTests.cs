using Holdfast.EndToEnd.Tests.Labs;
using Holdfast.Lab.Clusters;
using Holdfast.Lab.Hosts;
using Xunit;

namespace Holdfast.EndToEnd.Tests.Membership;

/// <summary>What a machine that wants to join may do wrong: each is refused in one line, leaves nothing, and the machine can join afterwards.</summary>
[Collection(ShortLeases.Name)]
public sealed class JoiningTests(TwoNodesAndSpare lab) : IClassFixture<TwoNodesAndSpare>, IAsyncLifetime
{
    private LabHost A => lab["a"];

    private LabHost C => lab.Spare;

    private LabCluster Cluster => lab.Cluster;

    public async Task InitializeAsync()
    {
        await lab.ReadyAsync();
        await RequireUnconfiguredAsync();
    }

    public async Task DisposeAsync()
    {
        if ((await Cluster.QueryAsync(A, "node", "list")).EnumerateArray().Any(node => node.Text("name") == "c")) await Cluster.CommandAsync(A, "node", "evict", "c", "--yes");
        await ClearSpareAsync();
    }

    [ClusterFact]
    public async Task A_token_can_be_used_once()
    {
        var token = await Cluster.TokenAsync(A);
        await JoinAsync(C, token);
        await Cluster.CommandAsync(A, "node", "evict", "c", "--yes");
        await ClearSpareAsync();

        var error = await Cluster.RefusedAsync(C, 6, "token.used", "node", "join", "--token", token, "--address", C.Address, "--node", "c");

        Assert.Contains("already used, by c", error, StringComparison.Ordinal);
        Assert.Contains("holdfast cluster token", error, StringComparison.Ordinal);
        await RequireNothingDoneAndJoinAsync();
    }

    [ClusterFact]
    public async Task A_join_that_broke_off_is_repeated_with_its_token_by_the_same_machine_only()
    {
        var token = await Cluster.TokenAsync(A);
        await C.ShellAsync("mkdir /var/lib/holdfast/node.json.new"); // It is admitted and cannot write down who it is.
        var (broken, _) = (await Cluster.TryCommandAsync(C, "node", "join", "--token", token, "--address", C.Address, "--node", "c"), await C.ShellAsync("rmdir /var/lib/holdfast/node.json.new"));

        Assert.NotEqual(0, broken.ExitCode);
        await RequireUnconfiguredAsync();
        await C.ShellAsync("cd /var/lib/holdfast/trust && test ! -e cluster.key && mv node.key kept");
        await Cluster.RefusedAsync(C, 6, "token.used", "node", "join", "--token", token, "--address", C.Address, "--node", "c");
        await C.ShellAsync("cd /var/lib/holdfast/trust && mv kept node.key");

        await JoinAsync(C, token);

        await lab.UntilAsync(async () => (await Cluster.NodeAsync(A, "c")).Text("state") == "up", "c is up");
        Assert.True((await Cluster.NodeAsync(A, "c")).GetProperty("voter").GetBoolean());
    }

    [ClusterFact]
    public async Task A_wrong_token_is_refused()
    {
        var token = (await Cluster.TokenAsync(A)).Split('.');
        token[2] = new string('0', token[2].Length);

        await Cluster.RefusedAsync(C, 6, "token.unknown", "node", "join", "--token", string.Join('.', token), "--address", C.Address, "--node", "c");

        await RequireNothingDoneAndJoinAsync();
    }

    [ClusterFact]
    public async Task A_token_of_another_authority_reaches_nobody()
    {
        var token = (await Cluster.TokenAsync(A)).Split('.');
        token[3] = new string('0', token[3].Length);

        await Cluster.RefusedAsync(C, 6, "join.not-this-cluster", "node", "join", "--token", string.Join('.', token), "--address", C.Address, "--node", "c");

        await RequireNothingDoneAndJoinAsync();
    }

    [ClusterFact]
    public async Task A_token_that_was_not_copied_whole_is_refused_and_can_still_be_used()
    {
        var token = await Cluster.TokenAsync(A);

        var error = await Cluster.RefusedAsync(C, 2, "token.malformed", "node", "join", "--token", token[..^30], "--address", C.Address, "--node", "c");

        Assert.Contains("Copy it whole", error, StringComparison.Ordinal);
        await RequireNothingDoneAndJoinAsync(token);
    }

    [ClusterFact]
    public async Task A_name_that_exists_is_refused_without_using_the_token()
    {
        var token = await Cluster.TokenAsync(A);

        var error = await Cluster.RefusedAsync(C, 4, "node.exists", "node", "join", "--token", token, "--address", C.Address, "--node", "b");

        Assert.Contains(lab["b"].Address, error, StringComparison.Ordinal);
        await RequireNothingDoneAndJoinAsync(token);
    }

    [ClusterFact]
    public async Task An_address_of_another_machine_is_refused_without_using_the_token()
    {
        var token = await Cluster.TokenAsync(A);

        var error = await Cluster.RefusedAsync(C, 2, "address.not-local", "node", "join", "--token", token, "--address", "10.77.0.99", "--node", "c");

        Assert.Contains(C.Address, error, StringComparison.Ordinal); // It names what would be right.
        await RequireNothingDoneAndJoinAsync(token);
    }

    [ClusterFact]
    public async Task A_name_that_cannot_be_one_is_refused_without_using_the_token()
    {
        var token = await Cluster.TokenAsync(A);

        await Cluster.RefusedAsync(C, 2, "name.invalid", "node", "join", "--token", token, "--address", C.Address, "--node", "Node_C");

        await RequireNothingDoneAndJoinAsync(token);
    }

    [ClusterFact]
    public async Task A_cluster_that_cannot_be_reached_leaves_nothing_behind()
    {
        var token = await Cluster.TokenAsync(A);
        await C.PullCableAsync();
        try
        {
            await Cluster.RefusedAsync(C, 5, "node.unreachable", "node", "join", "--token", token, "--address", C.Address, "--node", "c");
        }
        finally
        {
            await C.PlugCableAsync();
        }

        await RequireNothingDoneAndJoinAsync(token);
    }

    [ClusterFact]
    public async Task A_node_cannot_join_or_create_a_second_time()
    {
        var token = await Cluster.TokenAsync(A);

        await Cluster.RefusedAsync(A, 4, "node.configured", "node", "join", "--token", token, "--address", A.Address, "--node", "a2");
        await Cluster.RefusedAsync(A, 4, "node.configured", "cluster", "create", "other", "--address", A.Address, "--node", "a");

        await RequireNothingDoneAndJoinAsync(token);
    }

    private async Task RequireNothingDoneAndJoinAsync(string? token = null)
    {
        await RequireUnconfiguredAsync();
        Assert.Equal(["a", "b"], (await Cluster.QueryAsync(A, "node", "list")).EnumerateArray().Select(node => node.Text("name")));
        Assert.Empty(C.Find(ProductProcess.Etcd));

        await JoinAsync(C, token ?? await Cluster.TokenAsync(A));

        await lab.UntilAsync(async () => (await Cluster.NodeAsync(A, "c")).Text("state") == "up", "c is up");
        Assert.True((await Cluster.NodeAsync(A, "c")).GetProperty("voter").GetBoolean());
    }

    private async Task JoinAsync(LabHost host, string token) => await Cluster.CommandAsync(host, "node", "join", "--token", token, "--address", host.Address, "--node", host.Name);

    private Task<string> RequireUnconfiguredAsync() => Cluster.RefusedAsync(C, 4, "node.unconfigured", "cluster", "status");

    private async Task ClearSpareAsync()
    {
        await C.StopProductAsync();
        await C.ShellAsync("rm -rf /var/lib/holdfast/*");
        C.StartProduct();
        await lab.AgentAnswersAsync(C);
    }
}
