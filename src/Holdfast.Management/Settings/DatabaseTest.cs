using System.Globalization;
using System.Diagnostics.CodeAnalysis;
using Holdfast.Cluster;
using Holdfast.Management.Repository;
using Holdfast.Store.Postgres;
using Npgsql;

namespace Holdfast.Management.Settings;

/// <summary>Tries a PostgreSQL as repository database: connects and asks, in a transaction that can write nothing.</summary>
internal sealed class DatabaseTest(TimeProvider time)
{
    private const int Seconds = 5;
    private static readonly int Newest = Repository.Schema.Steps[^1].Version;

    /// <summary>Tries one.</summary>
    /// <exception cref="HoldfastException">Code <c>store.address-invalid</c>.</exception>
    public async Task<DatabaseReport> TryAsync(string text, CancellationToken cancellationToken)
    {
        var address = PostgresAddress.Parse(text);
        var options = new RepositoryOptions { Address = text };
        var begun = time.GetTimestamp();
        try
        {
            var connection = new NpgsqlConnectionStringBuilder(address.ConnectionString) { ApplicationName = "holdfast-test", Timeout = Seconds, CommandTimeout = Seconds, Pooling = false };
            await using var source = new NpgsqlDataSourceBuilder(connection.ConnectionString).BuildMultiHost();
            await using var opened = await source.WithTargetSession(TargetSessionAttributes.Any).OpenConnectionAsync(cancellationToken);
            await using var transaction = await opened.BeginTransactionAsync(cancellationToken);
            await AskAsync("SET TRANSACTION READ ONLY");
            var standby = await AskAsync("SELECT pg_is_in_recovery()") is true;
            var there = await AskAsync("SELECT to_regnamespace($1) IS NOT NULL", options.Schema) is true;
            var may = await AskAsync(there ? "SELECT has_schema_privilege($1, 'CREATE')" : "SELECT has_database_privilege(current_database(), 'CREATE') AND $1 <> ''", options.Schema) is true;
            var known = await AskAsync("SELECT to_regclass($1) IS NOT NULL", options.Schema + ".schema_version") is true ? Convert.ToInt32(await AskAsync($"SELECT coalesce(max(version), 0) FROM {options.Schema}.schema_version") ?? 0, CultureInfo.InvariantCulture) : 0;
            return Judge(standby, may, known) with { Database = address.Spoken, Version = $"PostgreSQL {opened.PostgreSqlVersion}", Milliseconds = Math.Round(time.GetElapsedTime(begun).TotalMilliseconds, 1), Schema = known };

            async Task<object?> AskAsync([StringSyntax("Sql")] string sql, params string[] values)
            {
                await using var command = new NpgsqlCommand(sql, opened, transaction);
                foreach (var value in values) command.Parameters.Add(new NpgsqlParameter { Value = value });
                return await command.ExecuteScalarAsync(cancellationToken);
            }
        }
        catch (Exception exception) when (exception is NpgsqlException or TimeoutException or System.Net.Sockets.SocketException or IOException)
        {
            return new DatabaseReport(false, $"{address.Spoken} does not answer: {exception.Message.TrimEnd('.')}.", "Check the address, the password and what pg_hba.conf lets in, on every node that may own the management service.", address.Spoken, null, null, null);
        }
    }

    /// <summary>What follows from what was found.</summary>
    internal static DatabaseReport Judge(bool standby, bool mayCreate, int schema) =>
        standby ? No("It is a standby, which takes no writes.", "Name all hosts of the database; of several, the one that takes writes is used.")
        : schema > Newest ? No($"Its history has schema {schema}; this build knows schemas up to {Newest}.", "Install the newer build on every node first.")
        : !mayCreate ? No("Its user may not make tables in it.", "GRANT CREATE on the database, or on schema holdfast_history, to that user.")
        : new(true, schema == 0 ? "It answers and has no history yet." : "It answers and has a history that this build can go on with.", null, "", null, null, null);

    private static DatabaseReport No(string sentence, string hint) => new(false, sentence, hint, "", null, null, null);
}
