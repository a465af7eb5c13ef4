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
            "SELECT vault, seen, listed, snapshots, used FROM vaults ORDER BY vault", cancellationToken: cancellationToken)))
        .Select(row => new VaultRow(row.Vault, row.Snapshots, row.Used, Stamp.From(row.Seen), Stamp.From(row.Listed))).ToImmutableArray(), cancellationToken);

    internal static async Task SeeAsync(DbTransaction transaction, string vault, DateTimeOffset seen, DateTimeOffset? listed) => await transaction.Connection!.ExecuteAsync(
        """
        INSERT INTO vaults (vault, seen, listed) VALUES (@vault, @seen, @listed)
        ON CONFLICT (vault) DO UPDATE SET seen = CASE WHEN excluded.seen > vaults.seen THEN excluded.seen ELSE vaults.seen END, listed = coalesce(excluded.listed, vaults.listed)
        """,
        new { vault, seen = Stamp.Of(seen), listed = Stamp.Of(listed) }, transaction);

    /// <summary>Adds to what the catalogue has of a vault that was seen.</summary>
    /// <param name="bytes">What they added to it; null when nobody counted.</param>
    internal static async Task CountAsync(DbTransaction transaction, string vault, long snapshots, long? bytes) => await transaction.Connection!.ExecuteAsync(
        "UPDATE vaults SET snapshots = snapshots + @snapshots, used = CASE WHEN @bytes IS NULL THEN used ELSE coalesce(used, 0) + @bytes END WHERE vault = @vault", new { vault, snapshots, bytes }, transaction);

    /// <summary>Counts what the catalogue has of a vault anew.</summary>
    internal static async Task RecountAsync(DbTransaction transaction, string vault) => await transaction.Connection!.ExecuteAsync(
        "UPDATE vaults SET snapshots = (SELECT count(*) FROM snapshots WHERE vault = @vault AND status <> 'forgotten'), used = (SELECT sum(delta_bytes) FROM snapshots WHERE vault = @vault) WHERE vault = @vault", new { vault }, transaction);

    private sealed class Stored
    {
        public string Vault { get; set; } = "";

        public long Snapshots { get; set; }

        public long? Used { get; set; }

        public long Seen { get; set; }

        public long? Listed { get; set; }
    }
}
