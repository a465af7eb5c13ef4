using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Queries;

/// <summary>Which runs of jobs, by when they were due.</summary>
/// <param name="State">A state as <see cref="OperationRow.State"/> has it.</param>
public sealed record OperationsQuery(string? Job = null, string? State = null, string? Node = null, string? Kind = null, string? Policy = null, string? Thing = null) : ListQuery;
