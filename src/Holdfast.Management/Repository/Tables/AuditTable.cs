using System.Data.Common;
using Dapper;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>What people changed.</summary>
public sealed class AuditTable
{
    private static readonly KeyedList List = new("audit", "at", "key, at, who, origin, node, what, outcome");
    private readonly RepositoryDatabase _database;

    internal AuditTable(RepositoryDatabase database) => _database = database;

    /// <summary>Lists changes.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>request.limit-invalid</c>, <c>request.after-invalid</c>.</exception>
    public Task<Page<AuditRow>> ListAsync(AuditQuery query, CancellationToken cancellationToken) =>
        KeyedList.ReadAsync<Stored, AuditRow>(_database, Select(query), row => new PageKey(row.At, row.Key), row => row.Show(), cancellationToken);

    internal static KeyedSelect Select(AuditQuery query) => List.Build(query, Filter.Indexed("who", query.Who), Filter.Contains("what", query.Text));

    internal static async Task AddAsync(DbTransaction transaction, AuditRow row) => await transaction.Connection!.ExecuteAsync(
        "INSERT INTO audit (at, who, origin, node, what, outcome) VALUES (@at, @Who, @From, @Node, @What, @Outcome)",
        new { at = Stamp.Of(row.At), row.Who, row.From, row.Node, row.What, row.Outcome }, transaction);

    private sealed class Stored
    {
        public long Key { get; set; }

        public long At { get; set; }

        public string Who { get; set; } = "";

        public string Origin { get; set; } = "";

        public string Node { get; set; } = "";

        public string What { get; set; } = "";

        public string? Outcome { get; set; }

        public AuditRow Show() => new(Key, Stamp.From(At), Who, Origin, Node, What, Outcome);
    }
}
