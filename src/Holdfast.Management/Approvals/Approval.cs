using System.Text.Json.Serialization;
using Holdfast.Cluster.Access;

namespace Holdfast.Management.Approvals;

/// <summary>Document <c>approval-ID</c>: an act that waits, or waited, for a second person.</summary>
/// <param name="Act">Its name among the destructive acts.</param>
/// <param name="What">What it does to which thing, one clause.</param>
/// <param name="Request">What was asked; its body is forgotten once it is decided.</param>
/// <param name="Digest">Of the request, as it was when it was asked.</param>
/// <param name="Stamp">Of what it is about, as that was then; null for what changes all the time.</param>
/// <param name="AskedBy">Who asked, as the audit shows them.</param>
/// <param name="Principal">Who asked, whichever way they came.</param>
/// <param name="Level">What they were then.</param>
/// <param name="Address">Where from.</param>
/// <param name="Reason">Why, as they said; null for nothing said.</param>
/// <param name="DecidedBy">Who approved or refused.</param>
/// <param name="Status">The HTTP status that it was answered with.</param>
/// <param name="Outcome">What came of it, one sentence.</param>
internal sealed record Approval(
    string Id, string Act, string What, AskedRequest Request, string Digest, string? Stamp, string AskedBy, string Principal, AccessLevel Level, string Address, DateTimeOffset At, DateTimeOffset Expires,
    string? Reason = null, ApprovalState State = ApprovalState.Waiting, string? DecidedBy = null, DateTimeOffset? DecidedAt = null, int? Status = null, string? Outcome = null)
{
    /// <summary>How the names of these documents begin.</summary>
    public const string Prefix = "approval-";

    /// <summary>Gets the document's name.</summary>
    [JsonIgnore]
    public string Document => Prefix + Id;

    /// <summary>Where it is now: what waited too long has expired, whoever wrote what when.</summary>
    public ApprovalState StateAt(DateTimeOffset now) => State == ApprovalState.Waiting && now >= Expires ? ApprovalState.Expired : State;

    /// <summary>Whether nothing more can come of it.</summary>
    public bool IsOver(DateTimeOffset now) => StateAt(now) is not (ApprovalState.Waiting or ApprovalState.Running);
}
