namespace Holdfast.Agent.Api;

/// <summary>What became of one resource in a rehearsal.</summary>
/// <param name="Outcome"><c>online</c>, <c>failed</c> or <c>skipped</c>.</param>
/// <param name="TookMs">From its start until its probes passed, in milliseconds; null unless online.</param>
/// <param name="Reason">Why not; what was done in place of the real thing.</param>
public sealed record RehearsedResource(string Name, string Type, string Outcome, double? TookMs, string Reason);

/// <summary>POST /v1/roles/{role}/rehearse?on=NODE: the role was started in isolation on a node that does not own it, and ended again.</summary>
/// <param name="Node">The node.</param>
/// <param name="Passed">Whether nothing failed.</param>
/// <param name="Whole">Whether nothing was skipped.</param>
/// <param name="StartMs">From the first start until the last probe passed, in milliseconds.</param>
/// <param name="TakeoverMs">What a takeover by that node would take with such a start, from the loss of the owner, in milliseconds; null when it was not whole, or has no owner to lose.</param>
public sealed record RehearsalAnswer(string Role, string Node, bool Passed, bool Whole, double StartMs, double? TakeoverMs, IReadOnlyList<RehearsedResource> Resources);
