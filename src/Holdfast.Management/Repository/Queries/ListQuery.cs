using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Queries;

/// <summary>What every list takes. A filter that is null lets everything pass.</summary>
public abstract record ListQuery
{
    /// <summary>The most rows that a page may have.</summary>
    public const int MostRows = 500;

    /// <summary>Gets the <see cref="Page{T}.Next"/> of the page before; null for the first page.</summary>
    public string? After { get; init; }

    /// <summary>Gets how many rows are wanted. The default is 100; 1 to <see cref="MostRows"/>.</summary>
    public int Limit { get; init; } = 100;

    /// <summary>Gets the earliest time, included.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Gets the latest time, excluded.</summary>
    public DateTimeOffset? To { get; init; }
}
