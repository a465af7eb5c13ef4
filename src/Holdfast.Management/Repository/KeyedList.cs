using System.Collections.Immutable;
using System.Text;
using Dapper;
using Holdfast.Cluster;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository;

/// <summary>
/// A list, newest first, in pages. The first filter that was given is answered by its index, in order. For the others, and those without an index, rows are looked at in parts, until the page is
/// full or <see cref="LookLimit"/> is over: whatever is asked for and however rare it is, a page costs no more than that, and says from where to go on.
/// </summary>
/// <param name="Table">The table; it has a column <c>key</c>.</param>
/// <param name="Time">The column that it is ordered by.</param>
/// <param name="Columns">What is read; the table's rows are <c>seen</c> to it.</param>
internal sealed record KeyedList(string Table, string Time, string Columns)
{
    /// <summary>How many rows are looked at for a page at most, however fast that is.</summary>
    public const int MostLooked = 20_000;

    /// <summary>How many rows the first part has; each part has twice as many as the one before it, up to <see cref="LargestPart"/>.</summary>
    private const int FirstPart = 500;

    private const int LargestPart = 2_000;

    /// <summary>For how long further parts are looked at.</summary>
    public static readonly TimeSpan LookLimit = TimeSpan.FromMilliseconds(20);

    /// <summary>Builds the question.</summary>
    /// <param name="filters">Those that were asked for and those that were not, the most selective first.</param>
    /// <exception cref="HoldfastException"><c>request.limit-invalid</c>, <c>request.after-invalid</c>.</exception>
    public KeyedSelect Build(ListQuery query, params ReadOnlySpan<Filter> filters)
    {
        if (query.Limit is < 1 or > ListQuery.MostRows)
            throw new HoldfastException(ErrorKind.Invalid, "request.limit-invalid", $"limit: {query.Limit} is not between 1 and {ListQuery.MostRows}.", "Leave it out for 100.");
        DynamicParameters values = new();
        StringBuilder inner = new($" WHERE ({Time}, key) < (@listAt, @listKey)"), rest = new();
        var leads = false;
        foreach (var filter in filters)
        {
            if (filter.Value is null) continue;
            values.Add(filter.Name, filter.Value);
            var into = filter.IsIndexed && !leads ? inner : rest;
            into.Append(" AND ").Append(filter.Sql);
            leads |= filter.IsIndexed;
        }

        if (query.From is { } from)
        {
            inner.Append($" AND {Time} >= @listFrom");
            values.Add("listFrom", Stamp.Of(from));
        }

        var order = $" ORDER BY {Time} DESC, key DESC LIMIT ";
        var select = rest.Length == 0
            ? new KeyedSelect($"SELECT {Columns} FROM {Table} AS seen{inner}{order}@listLimit", null, values, query.Limit, StartOf(query))
            : new KeyedSelect(
                $"SELECT {Columns} FROM (SELECT * FROM {Table}{inner}{order}@listPart) AS seen WHERE {rest.ToString(5, rest.Length - 5)}{order}@listLimit",
                $"SELECT {Time} AS at, key FROM {Table}{inner}{order}1 OFFSET @listPart - 1", values, query.Limit, StartOf(query));
        select.LookFrom(select.Start, FirstPart, query.Limit + 1);
        return select;
    }

    /// <summary>Reads a page.</summary>
    /// <typeparam name="TStored">The row as it is stored.</typeparam>
    /// <typeparam name="TRow">The row as it is shown.</typeparam>
    public static Task<Page<TRow>> ReadAsync<TStored, TRow>(RepositoryDatabase database, KeyedSelect select, Func<TStored, PageKey> key, Func<TStored, TRow> show, CancellationToken cancellationToken) =>
        database.ReadAsync(async connection =>
        {
            var begun = database.Time.GetTimestamp();
            List<TStored> found = [];
            for (int looked = 0, part = FirstPart; ; part = Math.Min(part * 2, LargestPart))
            {
                found.AddRange(await connection.QueryAsync<TStored>(new CommandDefinition(select.Sql, select.Values, cancellationToken: cancellationToken)));
                if (found.Count > select.Limit) return PageOf(key(found[select.Limit - 1]));
                if (select.Edge is null || await connection.QuerySingleOrDefaultAsync<StoredEdge>(new CommandDefinition(select.Edge, select.Values, cancellationToken: cancellationToken)) is not { } edge) return PageOf(null);
                looked += part;
                var last = new PageKey(edge.At, edge.Key);
                if (looked >= MostLooked || database.Time.GetElapsedTime(begun) >= LookLimit) return PageOf(last);
                select.LookFrom(last, Math.Min(part * 2, LargestPart), select.Limit + 1 - found.Count);
            }

            Page<TRow> PageOf(PageKey? next) => new([.. found.Take(select.Limit).Select(show)], next?.ToString());
        }, cancellationToken);

    // What is before a time is what comes after the first place of that time: keys begin at 1.
    private static PageKey StartOf(ListQuery query)
    {
        var before = query.To is { } to ? new PageKey(Stamp.Of(to), 0) : PageKey.Newest;
        return query.After is { } text && PageKey.Parse(text) is var after && (after.At < before.At || query.To is null) ? after : before;
    }

    private sealed class StoredEdge
    {
        public long At { get; set; }

        public long Key { get; set; }
    }
}
