using Holdfast.Store.Postgres;
using Holdfast.Store.Tests.Contract;

namespace Holdfast.Store.Tests.Postgres;

public sealed class PostgresClusterStoreTests(PostgresServer server) : ClusterStoreContract, IClassFixture<PostgresServer>
{
    protected override async Task<IClusterStore> OpenAsync()
    {
        var options = server.Options();
        await PostgresDatabase.PrepareAsync(options, CancellationToken.None);
        return new PostgresClusterStore(options);
    }

    protected override Task CompactAsync(long revision) => ((PostgresClusterStore)Store).CompactAsync(revision, CancellationToken.None);
}
