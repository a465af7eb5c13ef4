using Holdfast.Management.Approvals;

namespace Holdfast.Management.Api;

/// <summary>GET /api/v1/approvals: an act that waits, or waited, for a second person.</summary>
/// <param name="Act">Its name in GET /api/v1/acts.</param>
/// <param name="What">What it does to which thing.</param>
/// <param name="Method">The request that was asked for.</param>
/// <param name="Path">With its query.</param>
/// <param name="Digest">Of the whole request: who approves it sends this, so that they approve what they saw.</param>
/// <param name="AskedBy">Who asked.</param>
/// <param name="Reason">Why, as they said.</param>
/// <param name="Own">Whether whoever reads this asked for it, and so cannot approve it.</param>
/// <param name="DecidedBy">Who approved or refused it.</param>
/// <param name="Outcome">What came of it.</param>
public sealed record ApprovalInfo(
    string Id, string Act, string What, string Method, string Path, string Digest, string AskedBy, DateTimeOffset At, DateTimeOffset Expires, string? Reason, ApprovalState State, bool Own,
    string? DecidedBy, DateTimeOffset? DecidedAt, string? Outcome);

/// <summary>GET /api/v1/approvals/{id}</summary>
/// <param name="Body">The body of the request, as text; null of none, of one that is too long to show, and once it is decided.</param>
/// <param name="BodyBytes">How long it is.</param>
public sealed record ApprovalDetail(ApprovalInfo Approval, string? Body, int BodyBytes);

/// <summary>The answer, with status 202, to a request that needs a second person: it was not carried out.</summary>
public sealed record ApprovalAsked(string Message, ApprovalInfo Approval);

/// <summary>POST /api/v1/approvals/{id}/approve</summary>
/// <param name="Digest">Of what is approved, as the approval says it.</param>
public sealed record ApprovalAnswer(string Digest);

/// <summary>POST /api/v1/approvals/{id}/refuse</summary>
public sealed record ApprovalRefusal(string? Reason = null);

/// <summary>The answer to both.</summary>
public sealed record ApprovalDone(string Message, ApprovalInfo Approval);

/// <summary>GET /api/v1/acts: an act that a second person may have to agree to.</summary>
/// <param name="Sentence">What it is.</param>
/// <param name="On">Whether it needs a second person now.</param>
/// <param name="Always">Whether it needs one as soon as any act does: it would undo the rule itself.</param>
public sealed record ActInfo(string Name, string Sentence, bool On, bool Always);
