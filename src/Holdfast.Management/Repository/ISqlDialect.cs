using System.Data.Common;

namespace Holdfast.Management.Repository;

/// <summary>What differs between the two databases; everything else is one SQL text for both.</summary>
internal interface ISqlDialect : IAsyncDisposable
{
    /// <summary>Gets the database's kind: sqlite or postgres.</summary>
    string Kind { get; }

    /// <summary>Gets where it is, for people: without a password.</summary>
    string Spoken { get; }

    /// <summary>Opens a connection; of several hosts, to the one that takes writes.</summary>
    Task<DbConnection> OpenAsync(CancellationToken cancellationToken);

    /// <summary>Begins a transaction that will write.</summary>
    Task<DbTransaction> BeginWriteAsync(DbConnection connection, CancellationToken cancellationToken);

    /// <summary>Lets one process at a time change the schema, until the transaction ends.</summary>
    Task LockSchemaAsync(DbTransaction transaction, CancellationToken cancellationToken);

    /// <summary>Whether a table is there.</summary>
    Task<bool> HasTableAsync(DbTransaction transaction, string table);

    /// <summary>Writes a migration in this database's words.</summary>
    string Translate(string migration);

    /// <summary>Whether the database is away, full or refuses everybody, rather than this one statement being wrong.</summary>
    bool IsOutage(Exception exception);
}
