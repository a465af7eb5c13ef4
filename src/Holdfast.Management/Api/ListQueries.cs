using System.Globalization;
using Holdfast.Cluster;
using Holdfast.Management.Repository.Queries;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Api;

/// <summary>What the query of a list says.</summary>
internal static class ListQueries
{
    /// <summary>What every list takes, for the document.</summary>
    public static Dictionary<string, string> Described(params (string Name, string Meaning)[] filters) => filters.Concat(new (string Name, string Meaning)[]
    {
        ("from", "The earliest time, included (RFC 3339)."), ("to", "The latest time, excluded (RFC 3339)."),
        ("limit", "How many rows: 1 to 500, 100 by default."), ("after", "What the page before called next."),
    }).ToDictionary(filter => filter.Name, filter => filter.Meaning);

    /// <summary>One value; null when it is not given.</summary>
    public static string? Text(HttpContext http, string name) => http.Request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>A time; null when it is not given.</summary>
    /// <exception cref="HoldfastException">Code <c>request.invalid</c>.</exception>
    public static DateTimeOffset? Time(HttpContext http, string name) => Text(http, name) is not { } text ? null
        : DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time
        : throw Invalid(name, $"'{text}' is not a time such as 2026-03-01T00:00:00Z");

    /// <summary>Adds what every list takes.</summary>
    /// <exception cref="HoldfastException">Code <c>request.invalid</c>.</exception>
    public static T Paged<T>(HttpContext http, T query)
        where T : ListQuery
    {
        var limit = Text(http, "limit") is not { } text ? 100 : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= ListQuery.MostRows ? count
            : throw Invalid("limit", $"'{text}' is not a number from 1 to {ListQuery.MostRows}");
        return query with { After = Text(http, "after"), Limit = limit, From = Time(http, "from"), To = Time(http, "to") };
    }

    public static HoldfastException Invalid(string field, string message) => new(ErrorKind.Invalid, "request.invalid", $"{field}: {message}.", "Nothing was changed.");
}
