namespace Holdfast.Store.Registry;

/// <summary>A change that somebody asked for: key <c>audit/TIME-NONCE</c>. Written before it is carried out, so that nothing is changed without a record.</summary>
/// <param name="At">Wall clock of the node that was asked.</param>
/// <param name="Who">Who asked, as the transport proved it.</param>
/// <param name="From">Where from.</param>
/// <param name="Node">The node that was asked.</param>
/// <param name="What">The request, without what is secret in it.</param>
/// <param name="Outcome">What came of it; null while it is carried out, and for good when the node did not live to say.</param>
public sealed record AuditRecord(DateTimeOffset At, string Who, string From, string Node, string What, string? Outcome = null);
