using System.Net.Sockets;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Trust;
using Holdfast.Cluster.Naming;

namespace Holdfast.Agent.Tests.Hosting;

/// <summary>An agent that waits for control, before a leash that answers its hello when the test says so.</summary>
public sealed class StandbyAgentTests : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);
    private static readonly byte[] Welcome = [9, 0, 0, 0, 64, 1, 0, 0, 0, 1, 0, 0, 0];
    private readonly string _folder = Directory.CreateTempSubdirectory("holdfast-standby-").FullName;
    private readonly Socket _leash = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly TaskCompletionSource _rehearsed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public StandbyAgentTests()
    {
        _leash.Bind(new UnixDomainSocketEndPoint(Path.Combine(_folder, "leash.sock")));
        _leash.Listen();
    }

    private AgentOptions Options => new() { StateDirectory = _folder, RunDirectory = _folder };

    public void Dispose()
    {
        _leash.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_standby_of_an_embedded_store_leaves_it_alone()
    {
        Identity(StoreKind.Embedded).Save(_folder);
        var waiting = Standby().WaitForControlAsync(default);
        using var connection = await _leash.AcceptAsync();
        await _rehearsed.Task.WaitAsync(Limit);

        Assert.False(waiting.IsCompleted);
        Assert.Equal(["leash.sock", "node.json"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order());
        await connection.SendAsync(Welcome);

        var (leash, follower) = await waiting.WaitAsync(Limit);
        await leash.DisposeAsync();
        Assert.Null(follower);
    }

    [Fact]
    public async Task A_standby_follows_the_cluster_that_its_machine_joined_meanwhile()
    {
        var waiting = Standby().WaitForControlAsync(default);
        using var connection = await _leash.AcceptAsync();
        await _rehearsed.Task.WaitAsync(Limit);
        Join();
        await connection.SendAsync(Welcome);

        var (leash, follower) = await waiting.WaitAsync(Limit);
        await leash.DisposeAsync();
        Assert.Equal("shop", follower!.Identity.ClusterName);
        await follower.DisposeAsync();
    }

    [Fact]
    public async Task A_standby_with_other_voters_than_when_it_started_follows_those()
    {
        Join();
        var waiting = Standby().WaitForControlAsync(default);
        using var connection = await _leash.AcceptAsync();
        (Identity(StoreKind.Etcd) with { Voters = ["127.0.0.3"] }).Save(_folder);
        File.SetLastWriteTimeUtc(NodeIdentity.PathIn(_folder), DateTime.UnixEpoch); // Certainly another time than before.
        await connection.SendAsync(Welcome);

        var (leash, follower) = await waiting.WaitAsync(Limit);
        await leash.DisposeAsync();
        Assert.Equal(["127.0.0.3"], follower!.Identity.Voters);
        await follower.DisposeAsync();
    }

    private static NodeIdentity Identity(StoreKind store) => new()
    {
        ClusterId = "id", ClusterName = "shop", Node = "a", Address = "127.0.0.1", Store = store, Voter = false, Voters = ["127.0.0.2"], Profile = "lan",
    };

    private StandbyAgent Standby() => new(Options, TimeProvider.System, _ =>
    {
        _rehearsed.TrySetResult();
        return Task.CompletedTask;
    });

    private void Join()
    {
        var (keys, now) = (new NodeKeys(StoreFollower.TrustFolder(Options)), TimeProvider.System.GetUtcNow());
        var authority = ClusterAuthority.Create("shop", now);
        using var certificate = authority.Sign(keys.Request(new NodeName("a")), new NodeName("a"), "127.0.0.1", now);
        keys.Install(authority.Certificate.ExportCertificatePem(), certificate.ExportCertificatePem(), new byte[32], authority.Revoke(null, [], now).List);
        Identity(StoreKind.Etcd).Save(_folder);
    }
}
