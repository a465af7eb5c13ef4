using Holdfast.Management.Repository;
using Holdfast.Store.Tests.Postgres;

namespace Holdfast.Management.Tests.Repository;

[Collection(PostgresCollection.Name)]
public sealed class PostgresRepositoryTests(PostgresServer server) : RepositoryContract
{
    private readonly string _schema = $"test_{Guid.NewGuid():n}";

    protected override RepositoryOptions Options => new() { Address = server.Options().Address.Text, Schema = _schema };

    protected override RepositoryOptions Elsewhere => Options with { Schema = _schema + "_other" };
}
