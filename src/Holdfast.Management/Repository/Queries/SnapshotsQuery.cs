namespace Holdfast.Management.Repository.Queries;

/// <summary>Which snapshots, by when they were taken.</summary>
public sealed record SnapshotsQuery(string? Vault = null, string? Thing = null, string? Host = null, string? Node = null) : ListQuery;
