using System.Collections.Immutable;
using System.Text;
using Dapper;
using Holdfast.Cluster;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository;

/// <summary>
/// A list, newest first, in pages. The first filter that was given is answered by its index, in order; the others, and those without an index, look at no more than
/// <see cref="Window"/> rows for a page. So every page costs about the same, whatever is asked for and however rare it is; when nothing was found yet, the page says from where to go on.
/// </summary>
/// <param name="Table">The table; it has a column <c>key</c>.</param>
/// <param name="Time">The column that it is ordered by.</param>
/// <param name="Columns">What is read; the table's rows are <c>seen</c> to it.</param>
internal sealed record KeyedList(string Table, string Time, string Columns)
{
    /// <summary>How many rows are looked at for a page at most.</summary>
    public const int Window = 5_000;

    /// <summary>Builds the question.</summary>
    /// <param name="filters">Those that were asked for and those that were not, the most selective first.</param>
    /// <exception cref="HoldfastException"><c>request.limit-invalid</c>, <c>request.after-invalid</c>.</exception>
    public KeyedSelect Build(ListQuery query, params ReadOnlySpan<Filter> filters)
    {
        if (query.Limit is < 1 or > ListQuery.MostRows)
            throw new HoldfastException(ErrorKind.Invalid, "request.limit-invalid", $"limit: {query.Limit} is not between 1 and {ListQuery.MostRows}.", "Leave it out for 100.");
        DynamicParameters values = new();
        StringBuilder inner = new(" WHERE 1 = 1"), rest = new();
        var leads = false;
        foreach (var filter in filters)
        {
            if (filter.Value is null) continue;
            values.Add(filter.Name, filter.Value);
            var into = filter.IsIndexed && !leads ? inner : rest;
            into.Append(" AND ").Append(filter.Sql);
            leads |= filter.IsIndexed;
        }

        if (query.From is { } from) Add(inner, $"{Time} >= @listFrom", "listFrom", Stamp.Of(from));
        if (query.To is { } to) Add(inner, $"{Time} < @listTo", "listTo", Stamp.Of(to));
        if (query.After is { } after)
        {
            var key = PageKey.Parse(after);
            values.Add("listKey", key.Key);
            Add(inner, $"({Time}, key) < (@listAt, @listKey)", "listAt", key.At);
        }

        values.Add("listLimit", (long)query.Limit + 1);
        values.Add("listWindow", (long)Window);
        var order = $" ORDER BY {Time} DESC, key DESC LIMIT ";
        return rest.Length == 0
            ? new KeyedSelect($"SELECT {Columns} FROM {Table} AS seen{inner}{order}@listLimit", null, values, query.Limit)
            : new KeyedSelect(
                $"SELECT {Columns} FROM (SELECT * FROM {Table}{inner}{order}@listWindow) AS seen WHERE {rest.ToString(5, rest.Length - 5)}{order}@listLimit",
                $"SELECT {Time} AS at, key, count(*) OVER () AS seen FROM (SELECT {Time}, key FROM {Table}{inner}{order}@listWindow) AS seen ORDER BY {Time}, key LIMIT 1", values, query.Limit);

        void Add(StringBuilder to, string sql, string name, object value)
        {
            to.Append(" AND ").Append(sql);
            values.Add(name, value);
        }
    }

    /// <summary>Reads a page.</summary>
    /// <typeparam name="TStored">The row as it is stored.</typeparam>
    /// <typeparam name="TRow">The row as it is shown.</typeparam>
    public static Task<Page<TRow>> ReadAsync<TStored, TRow>(RepositoryDatabase database, KeyedSelect select, Func<TStored, PageKey> key, Func<TStored, TRow> show, CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
        {
            var stored = (await connection.QueryAsync<TStored>(new CommandDefinition(select.Sql, select.Values, cancellationToken: cancellationToken))).AsList();
            ImmutableArray<TRow> rows = [.. stored.Take(select.Limit).Select(show)];
            if (stored.Count > select.Limit) return new Page<TRow>(rows, key(stored[select.Limit - 1]).ToString());
            if (select.Edge is null) return new Page<TRow>(rows, null);
            var edge = await connection.QuerySingleOrDefaultAsync<StoredEdge>(new CommandDefinition(select.Edge, select.Values, cancellationToken: cancellationToken));
            return new Page<TRow>(rows, edge is { Seen: Window } ? new PageKey(edge.At, edge.Key).ToString() : null);
        }, cancellationToken);

    private sealed class StoredEdge
    {
        public long At { get; set; }

        public long Key { get; set; }

        public long Seen { get; set; }
    }
}
