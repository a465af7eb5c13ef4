using System.Data.Common;
using Dapper;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>Who owned which role.</summary>
public sealed class PlacementsTable
{
    // An owner that was lost cannot say when it ended: it was over when the next one began, at the latest.
    private static readonly KeyedList List = new("placements", "began", "key, role, generation, number, node, began, because, outage, coalesce(ended, followed) AS ended");
    private readonly RepositoryDatabase _database;

    internal PlacementsTable(RepositoryDatabase database) => _database = database;

    /// <summary>Lists owners.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>request.limit-invalid</c>, <c>request.after-invalid</c>.</exception>
    public Task<Page<PlacementRow>> ListAsync(PlacementsQuery query, CancellationToken cancellationToken) =>
        KeyedList.ReadAsync<Stored, PlacementRow>(_database, Select(query), row => new PageKey(row.Began, row.Key), row => row.Show(), cancellationToken);

    internal static KeyedSelect Select(PlacementsQuery query) => List.Build(query, Filter.Indexed("role", query.Role), Filter.Indexed("node", query.Node));

    /// <summary>A role is online somewhere. It counts once for each epoch; nodes are heard in any order.</summary>
    /// <returns>Whether this was the once.</returns>
    internal static async Task<bool> BeginAsync(DbTransaction transaction, string role, Epoch epoch, string node, DateTimeOffset at, string? because, double? outage)
    {
        var values = new { role, generation = (long)epoch.Generation, number = epoch.Number, node, began = Stamp.Of(at), because, outage };
        var isNew = await transaction.Connection!.ExecuteAsync(
            """
            INSERT INTO placements (role, generation, number, node, began, because, outage, followed) VALUES (@role, @generation, @number, @node, @began, @because, @outage,
                (SELECT following.began FROM placements following WHERE following.role = @role AND (following.generation, following.number) > (@generation, @number) ORDER BY following.generation, following.number LIMIT 1))
            ON CONFLICT (role, generation, number) DO NOTHING
            """,
            values, transaction) > 0;
        if (isNew)
        {
            await transaction.Connection!.ExecuteAsync(
                """
                UPDATE placements SET followed = @began WHERE key = (SELECT earlier.key FROM placements earlier
                    WHERE earlier.role = @role AND (earlier.generation, earlier.number) < (@generation, @number) ORDER BY earlier.generation DESC, earlier.number DESC LIMIT 1)
                """,
                values, transaction);
        }

        return isNew;
    }

    /// <summary>A role is not online there any more.</summary>
    internal static async Task EndAsync(DbTransaction transaction, string role, Epoch epoch, DateTimeOffset at) => await transaction.Connection!.ExecuteAsync(
        "UPDATE placements SET ended = @at WHERE role = @role AND generation = @generation AND number = @number AND ended IS NULL",
        new { role, generation = (long)epoch.Generation, number = epoch.Number, at = Stamp.Of(at) }, transaction);

    private sealed class Stored
    {
        public long Key { get; set; }

        public string Role { get; set; } = "";

        public long Generation { get; set; }

        public long Number { get; set; }

        public string Node { get; set; } = "";

        public long Began { get; set; }

        public long? Ended { get; set; }

        public string? Because { get; set; }

        public double? Outage { get; set; }

        public PlacementRow Show() => new(Role, Node, new Epoch((int)Generation, Number).ToString(), Stamp.From(Began), Stamp.From(Ended), Because, Outage);
    }
}
