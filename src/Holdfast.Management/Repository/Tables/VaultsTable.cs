using System.Collections.Immutable;
using System.Data.Common;
using Dapper;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>The vaults that jobs worked with, or that were listed.</summary>
public sealed class VaultsTable
{
    private readonly RepositoryDatabase _database;

    internal VaultsTable(RepositoryDatabase database) => _database = database;

    /// <summary>All of them, by name: there are few.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<ImmutableArray<VaultRow>> ListAsync(CancellationToken cancellationToken) => _database.ReadAsync(async connection =>
        (await connection.QueryAsync<Stored>(new CommandDefinition(
            """
            SELECT v.vault, v.seen, v.listed, coalesce(s.snapshots, 0) AS snapshots, s.used
            FROM vaults v LEFT JOIN (SELECT vault, count(*) AS snapshots, CAST(sum(delta_bytes) AS BIGINT) AS used FROM snapshots GROUP BY vault) s ON s.vault = v.vault ORDER BY v.vault
            """, cancellationToken: cancellationToken)))
        .Select(row => new VaultRow(row.Vault, row.Snapshots, row.Used, Stamp.From(row.Seen), Stamp.From(row.Listed))).ToImmutableArray(), cancellationToken);

    internal static async Task SeeAsync(DbTransaction transaction, string vault, DateTimeOffset seen, DateTimeOffset? listed) => await transaction.Connection!.ExecuteAsync(
        """
        INSERT INTO vaults (vault, seen, listed) VALUES (@vault, @seen, @listed)
        ON CONFLICT (vault) DO UPDATE SET seen = CASE WHEN excluded.seen > vaults.seen THEN excluded.seen ELSE vaults.seen END, listed = coalesce(excluded.listed, vaults.listed)
        """,
        new { vault, seen = Stamp.Of(seen), listed = Stamp.Of(listed) }, transaction);

    private sealed class Stored
    {
        public string Vault { get; set; } = "";

        public long Snapshots { get; set; }

        public long? Used { get; set; }

        public long Seen { get; set; }

        public long? Listed { get; set; }
    }
}
