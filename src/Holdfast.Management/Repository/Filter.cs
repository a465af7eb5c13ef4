namespace Holdfast.Management.Repository;

/// <summary>A condition of a list.</summary>
/// <param name="Name">Its parameter.</param>
/// <param name="Value">What was asked for; null when nothing was.</param>
/// <param name="Sql">The condition.</param>
/// <param name="IsIndexed">Whether an index finds its rows in the order of the list.</param>
internal readonly record struct Filter(string Name, object? Value, string Sql, bool IsIndexed)
{
    /// <summary>A column that has an index with the order of the list.</summary>
    public static Filter Indexed(string column, string? value) => new(column, value, $"{column} = @{column}", true);

    /// <summary>A column that has none.</summary>
    public static Filter Plain(string column, string? value) => new(column, value, $"{column} = @{column}", false);

    /// <summary>A part of a text, in whatever case; ASCII letters alone, as both databases do.</summary>
    public static Filter Contains(string column, string? part) =>
        new($"{column}Part", part is null ? null : $"%{Escape(Lower(part))}%", $"lower({column}) LIKE @{column}Part ESCAPE '!'", false);

    /// <summary>A column without an index that is a word, or begins with it (<c>role.*</c>).</summary>
    public static Filter Beginning(string column, string start) => new($"{column}Start", $"{Escape(start)}%", $"{column} LIKE @{column}Start ESCAPE '!'", false);

    private static string Escape(string text) => text.Replace("!", "!!", StringComparison.Ordinal).Replace("%", "!%", StringComparison.Ordinal).Replace("_", "!_", StringComparison.Ordinal);

    private static string Lower(string text) => string.Create(text.Length, text, (to, from) =>
    {
        for (var i = 0; i < to.Length; i++) to[i] = char.IsAsciiLetterUpper(from[i]) ? (char)(from[i] | 0x20) : from[i];
    });
}
