using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.People;

namespace Holdfast.Management.Approvals;

/// <summary>What may become of an approval, and by whom: pure.</summary>
internal static class ApprovalRules
{
    /// <summary>Somebody agrees.</summary>
    /// <param name="digest">Of the request that they saw.</param>
    /// <exception cref="HoldfastException">Codes <c>approval.own</c>, <c>approval.no-person</c>, <c>approval.other-request</c>, <c>approval.decided</c>, <c>approval.expired</c>, <c>access.denied</c>.</exception>
    public static Approval Approve(Approval approval, Person by, string? digest, DateTimeOffset now)
    {
        RequireWaiting(approval, now);
        if (by.Level < AccessLevel.Admin) throw new HoldfastException(ErrorKind.Forbidden, "access.denied", $"This needs admin, and {by.Name} is {by.Level.ToString().ToLowerInvariant()}.", "Another administrator can approve it.");
        if (by.Principal == approval.Principal) throw new HoldfastException(ErrorKind.Forbidden, "approval.own", $"{by.Principal} asked for it, and is no second person.", "Another administrator has to approve it.");
        if (!by.HasEyes) throw new HoldfastException(ErrorKind.Forbidden, "approval.no-person", $"{by.Name} is a program, and nobody has looked at this.", "An administrator who is signed in can approve it.");
        if (digest != approval.Digest) throw new HoldfastException(ErrorKind.Conflict, "approval.other-request", "digest: is not that of what was asked for.", "Look at it again: GET /api/v1/approvals/ID says what was asked for, with its digest.");
        return approval with { State = ApprovalState.Running, DecidedBy = by.Name, DecidedAt = now };
    }

    /// <summary>Somebody does not agree, or who asked takes it back.</summary>
    /// <exception cref="HoldfastException">Codes <c>approval.decided</c>, <c>approval.expired</c>.</exception>
    public static Approval Refuse(Approval approval, Person by, string? why, DateTimeOffset now)
    {
        RequireWaiting(approval, now);
        var sentence = by.Principal == approval.Principal ? $"{by.Name} took it back" : $"{by.Name} refused it";
        return Over(approval with { DecidedBy = by.Name, DecidedAt = now }, ApprovalState.Refused, null, string.IsNullOrWhiteSpace(why) ? sentence + "." : $"{sentence}: {why.Trim()}");
    }

    /// <summary>What came of it. What was asked is kept as its digest only.</summary>
    public static Approval Over(Approval approval, ApprovalState state, int? status, string outcome) =>
        approval with { State = state, Status = status, Outcome = outcome, Request = approval.Request with { Body = [] } };

    /// <summary>What an owner of the service does with what an earlier one began and did not finish.</summary>
    /// <param name="act">The act; null of one that this build does not know.</param>
    /// <param name="stamp">Of what it is about, as that is now; null when it is gone, or has none.</param>
    /// <param name="gone">Whether what it is about is not there any more.</param>
    /// <returns>The end of it; null when it has to be carried out.</returns>
    public static Approval? Resume(Approval approval, DestructiveAct? act, string? stamp, bool gone) =>
        gone && act is { Removes: true } ? Over(approval, ApprovalState.Done, null, "The service went on elsewhere while this was carried out; what it was about is gone, as was asked for.")
        : !gone && act is { Repeatable: true } && approval.Stamp is not null && stamp == approval.Stamp ? null
        : Over(approval, ApprovalState.Unknown, null, "The service ended while it carried this out: nobody knows whether it was done. Look, and ask again if it was not.");

    private static void RequireWaiting(Approval approval, DateTimeOffset now)
    {
        switch (approval.StateAt(now))
        {
            case ApprovalState.Waiting:
                return;
            case ApprovalState.Expired:
                throw new HoldfastException(ErrorKind.Conflict, "approval.expired", $"Nobody decided until {approval.Expires.UtcDateTime:yyyy-MM-dd HH:mm} UTC.", "Who wants it asks again.");
            default:
                throw new HoldfastException(ErrorKind.Conflict, "approval.decided", $"{approval.DecidedBy} decided already.", $"GET /api/v1/approvals/{approval.Id} says what came of it.");
        }
    }
}
