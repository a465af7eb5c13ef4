using System.Collections.Immutable;

namespace Holdfast.Management.Policies;

/// <summary>Document <c>policies</c>.</summary>
public sealed record PoliciesRecord(ImmutableArray<Policy> Policies);
