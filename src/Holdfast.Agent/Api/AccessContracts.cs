using Holdfast.Cluster.Access;

namespace Holdfast.Agent.Api;

/// <summary>POST /v1/access: grants a level to a subject, in place of what it has; DELETE /v1/access/{subject} takes it back.</summary>
/// <param name="Subject"><c>user:NAME</c>, <c>group:NAME</c> or <c>certificate:SHA256</c>.</param>
/// <param name="Level">viewer, operator or admin.</param>
/// <param name="Label">What people call it, for a certificate.</param>
public sealed record GrantRequest(string Subject, AccessLevel Level, string? Label = null);

/// <summary>GET /v1/access: who may do what, beside root and the nodes.</summary>
public sealed record GrantInfo(string Subject, AccessLevel Level, string? Label);

/// <summary>GET /v1/audit?limit=N: who changed what, newest first.</summary>
/// <param name="At">Wall clock of the node that was asked.</param>
/// <param name="Who">Who asked.</param>
/// <param name="From">Where from.</param>
/// <param name="Node">The node that was asked.</param>
/// <param name="What">The request.</param>
/// <param name="Outcome">What came of it; null when the node did not live to say, or is still at it.</param>
public sealed record AuditEntry(DateTimeOffset At, string Who, string From, string Node, string What, string? Outcome);
