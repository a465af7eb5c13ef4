using Holdfast.Cluster;
using Holdfast.Store.Postgres;

namespace Holdfast.Management.Repository;

/// <summary>Where history is kept, and for how long.</summary>
public sealed record RepositoryOptions
{
    /// <summary>Gets where: <c>sqlite:/PATH</c>, or <c>postgres://USER:PASSWORD@HOST,HOST/DATABASE</c>; of several hosts the one that takes writes is used.</summary>
    public required string Address { get; init; }

    /// <summary>Gets the schema in PostgreSQL, one cluster each. The default is <c>holdfast_history</c>.</summary>
    public string Schema { get; init; } = "holdfast_history";

    /// <summary>Gets for how long operations, audit, placements, alerts and chart points are kept. The default is 400 days; 1 day to 100 years.</summary>
    public TimeSpan KeepOperations { get; init; } = TimeSpan.FromDays(400);

    /// <summary>Gets for how long events are kept. The default is 90 days; 1 day to 100 years.</summary>
    public TimeSpan KeepEvents { get; init; } = TimeSpan.FromDays(90);

    /// <summary>Chooses the database.</summary>
    /// <exception cref="HoldfastException">Codes <c>repository.options-invalid</c>, <c>store.address-invalid</c>.</exception>
    internal ISqlDialect Dialect()
    {
        const string Sqlite = "sqlite:";
        RequireKept(nameof(KeepOperations), KeepOperations);
        RequireKept(nameof(KeepEvents), KeepEvents);
        if (!Address.StartsWith(Sqlite, StringComparison.Ordinal)) return new PostgresDialect(PostgresAddress.Parse(Address), Schema);
        return Path.IsPathRooted(Address[Sqlite.Length..]) ? new SqliteDialect(Address[Sqlite.Length..]) : throw Invalid(nameof(Address), $"'{Address}' names no file by its full path");
    }

    private static void RequireKept(string name, TimeSpan kept)
    {
        if (kept < TimeSpan.FromDays(1) || kept > TimeSpan.FromDays(36_525)) throw Invalid(name, $"{kept.TotalDays:0.##} days are not between 1 day and 100 years");
    }

    private static HoldfastException Invalid(string name, string why) => new(ErrorKind.Invalid, "repository.options-invalid", $"{name}: {why}.", "For example: sqlite:/var/lib/holdfast/management/history.db, kept for 400 days.");
}
