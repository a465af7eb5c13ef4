using Holdfast.Store.Tests.Postgres;

namespace Holdfast.Management.Tests.Repository;

/// <summary>One server for all tests that need one; each has a schema of its own.</summary>
[CollectionDefinition(Name)]
public sealed class PostgresCollection : ICollectionFixture<PostgresServer>
{
    public const string Name = "postgres";
}
