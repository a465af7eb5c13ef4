namespace Holdfast.Management.Repository.Queries;

/// <summary>Which changes of owner.</summary>
public sealed record PlacementsQuery(string? Role = null, string? Node = null) : ListQuery;
