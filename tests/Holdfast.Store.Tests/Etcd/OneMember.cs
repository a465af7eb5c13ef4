namespace Holdfast.Store.Tests.Etcd;

/// <summary>One member over TLS, shared by a class of tests; each test has a key prefix of its own.</summary>
public sealed class OneMember : IAsyncLifetime
{
    public EtcdTestCluster Cluster { get; private set; } = null!;

    public async Task InitializeAsync() => Cluster = await EtcdTestCluster.StartAsync(1, tls: true);

    public async Task DisposeAsync() => await Cluster.DisposeAsync();
}
