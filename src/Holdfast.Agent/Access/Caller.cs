using System.Collections.Immutable;
using Holdfast.Cluster.Access;

namespace Holdfast.Agent.Access;

/// <summary>Who sends a request, as the transport proves it: never as the request says.</summary>
/// <param name="Who">For people: <c>user alice</c>, <c>node b</c>, <c>certificate ops (1A2B…)</c>.</param>
/// <param name="From">Where from: a socket of which node, or an address.</param>
/// <param name="Level">What they may do.</param>
/// <param name="Subjects">What could be granted something.</param>
internal sealed record Caller(string Who, string From, AccessLevel Level, ImmutableArray<string> Subjects);
