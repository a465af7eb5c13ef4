using Holdfast.Cluster;
using Holdfast.Store.Postgres;

namespace Holdfast.Management.Repository;

/// <summary>Where history is kept.</summary>
public sealed record RepositoryOptions
{
    /// <summary>Gets where: <c>sqlite:/PATH</c>, or <c>postgres://USER:PASSWORD@HOST,HOST/DATABASE</c>; of several hosts the one that takes writes is used.</summary>
    public required string Address { get; init; }

    /// <summary>Gets the schema in PostgreSQL, one cluster each. The default is <c>holdfast_history</c>.</summary>
    public string Schema { get; init; } = "holdfast_history";

    /// <summary>Chooses the database.</summary>
    /// <exception cref="HoldfastException">Codes <c>repository.options-invalid</c>, <c>store.address-invalid</c>.</exception>
    internal ISqlDialect Dialect()
    {
        const string Sqlite = "sqlite:";
        if (!Address.StartsWith(Sqlite, StringComparison.Ordinal)) return new PostgresDialect(PostgresAddress.Parse(Address), Schema);
        return Path.IsPathRooted(Address[Sqlite.Length..]) ? new SqliteDialect(Address[Sqlite.Length..]) : throw Invalid(nameof(Address), $"'{Address}' names no file by its full path");
    }

    private static HoldfastException Invalid(string name, string why) => new(ErrorKind.Invalid, "repository.options-invalid", $"{name}: {why}.", "For example: sqlite:/var/lib/holdfast/management/history.db.");
}
