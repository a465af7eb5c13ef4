using Dapper;

namespace Holdfast.Management.Repository;

/// <summary>The question for one page of a list.</summary>
/// <param name="Sql">It.</param>
/// <param name="Edge">Asks how far it looked; null when it looks until the page is full.</param>
/// <param name="Limit">How many rows the page may have; one more is asked for.</param>
internal sealed record KeyedSelect(string Sql, string? Edge, DynamicParameters Values, int Limit);
