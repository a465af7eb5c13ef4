namespace Holdfast.Management.Repository.Queries;

/// <summary>Which changes that people made.</summary>
public sealed record AuditQuery(string? Who = null, string? Text = null) : ListQuery;
