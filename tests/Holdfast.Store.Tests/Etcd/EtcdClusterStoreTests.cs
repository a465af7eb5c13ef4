using Holdfast.Store.Etcd;
using Holdfast.Store.Tests.Contract;

namespace Holdfast.Store.Tests.Etcd;

public sealed class EtcdClusterStoreTests(OneMember fixture) : ClusterStoreContract, IClassFixture<OneMember>
{
    protected override Task<IClusterStore> OpenAsync() => Task.FromResult<IClusterStore>(new EtcdClusterStore(fixture.Cluster.Options with { CommitTimeout = TimeSpan.FromSeconds(20), ReadTimeout = TimeSpan.FromSeconds(20) }));

    protected override async Task CompactAsync(long revision)
    {
        using var etcd = new EtcdCluster(fixture.Cluster.Options);
        await etcd.CompactAsync(revision, CancellationToken.None);
    }
}
