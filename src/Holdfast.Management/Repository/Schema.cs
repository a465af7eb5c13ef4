using System.Data.Common;
using System.Globalization;
using System.Reflection;
using Dapper;
using Holdfast.Cluster;

namespace Holdfast.Management.Repository;

/// <summary>Brings the tables to the form that this build knows: each step once, under a lock, forward only, all in one transaction.</summary>
internal static class Schema
{
    private static readonly Assembly Own = typeof(Schema).Assembly;

    /// <summary>Gets the steps (<c>001-begin.sql</c>), by version.</summary>
    public static IReadOnlyList<(int Version, string Name)> Steps { get; } =
    [
        .. Own.GetManifestResourceNames().Where(name => name.EndsWith(".sql", StringComparison.Ordinal)).Order(StringComparer.Ordinal)
            .Select(name => (int.Parse(name.AsSpan(0, 3), CultureInfo.InvariantCulture), name)),
    ];

    /// <summary>Does what is missing.</summary>
    /// <param name="fence">Refuses whoever is older than the last writer. Asked before anything is changed, and after the first step made it.</param>
    /// <exception cref="HoldfastException"><c>repository.too-new</c>; what <paramref name="fence"/> throws.</exception>
    public static async Task BringUpAsync(ISqlDialect dialect, DbTransaction transaction, Func<Task> fence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await dialect.LockSchemaAsync(transaction, cancellationToken);
        var connection = transaction.Connection!;
        long known = 0;
        if (await dialect.HasTableAsync(transaction, "schema_version"))
        {
            known = await connection.ExecuteScalarAsync<long?>("SELECT max(version) FROM schema_version", transaction: transaction) ?? 0;
            if (known > Steps[^1].Version)
                throw new HoldfastException(ErrorKind.Conflict, "repository.too-new", $"The history in {dialect.Spoken} has schema {known}; this build knows schemas up to {Steps[^1].Version}.", "Install the newer build on this node again, or move the role management to a node that has it.");
            await fence();
        }
        else
        {
            await connection.ExecuteAsync(dialect.Translate("CREATE TABLE schema_version (version {int} PRIMARY KEY, name {text} NOT NULL, at {int} NOT NULL){strict};"), transaction: transaction);
        }

        foreach (var (version, name) in Steps.Where(step => step.Version > known))
        {
            using var reader = new StreamReader(Own.GetManifestResourceStream(name)!);
            await connection.ExecuteAsync(dialect.Translate(await reader.ReadToEndAsync(cancellationToken)), transaction: transaction);
            await connection.ExecuteAsync("INSERT INTO schema_version VALUES (@version, @name, @at)", new { version = (long)version, name, at = now.ToUnixTimeMilliseconds() }, transaction);
        }

        if (known == 0) await fence();
    }
}
