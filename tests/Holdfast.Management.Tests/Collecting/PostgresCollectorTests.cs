using Holdfast.Management.Repository;
using Holdfast.Management.Tests.Repository;
using Holdfast.Store.Tests.Postgres;

namespace Holdfast.Management.Tests.Collecting;

[Collection(PostgresCollection.Name)]
public sealed class PostgresCollectorTests(PostgresServer server) : CollectorContract
{
    private readonly string _schema = $"test_{Guid.NewGuid():n}";

    protected override RepositoryOptions Options => new() { Address = server.Options().Address.Text, Schema = _schema };
}
