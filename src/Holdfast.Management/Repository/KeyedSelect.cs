using Dapper;

namespace Holdfast.Management.Repository;

/// <summary>The question for one page of a list.</summary>
/// <param name="Sql">It.</param>
/// <param name="Edge">Asks for the last row that it looked at; that there is none means that the list has ended. Null when it looks until the page is full.</param>
/// <param name="Limit">How many rows the page may have; one more is asked for.</param>
/// <param name="Start">From where the page goes on.</param>
internal sealed record KeyedSelect(string Sql, string? Edge, DynamicParameters Values, int Limit, PageKey Start)
{
    /// <summary>Asks for what comes after a place.</summary>
    /// <param name="part">How many rows are looked at.</param>
    /// <param name="limit">How many rows are wanted.</param>
    public void LookFrom(PageKey place, int part, int limit)
    {
        Values.Add("listAt", place.At);
        Values.Add("listKey", place.Key);
        Values.Add("listPart", (long)part);
        Values.Add("listLimit", (long)limit);
    }
}
