using System.Collections.Immutable;

namespace Holdfast.Management.Repository.Rows;

/// <summary>A part of a list, newest first.</summary>
/// <param name="Items">The rows; there may be fewer than were asked for, also none, while <paramref name="Next"/> says that there is more to look through.</param>
/// <param name="Next">What to ask for next (<c>after</c>); null at the end.</param>
public sealed record Page<T>(ImmutableArray<T> Items, string? Next);
