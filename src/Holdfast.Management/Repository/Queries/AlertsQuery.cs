namespace Holdfast.Management.Repository.Queries;

/// <summary>Which alerts, by when they were opened.</summary>
/// <param name="State"><c>open</c>, <c>acknowledged</c> or <c>closed</c>.</param>
public sealed record AlertsQuery(string? State = null, string? Rule = null, string? Subject = null, string? Severity = null) : ListQuery;
