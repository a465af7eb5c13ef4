using System.Text;
using Holdfast.Agent.Api;
using Holdfast.Cluster.Access;
using Holdfast.Management.Approvals;
using Holdfast.Management.People;
using Holdfast.Management.Settings;
using static Holdfast.Management.Api.Answering;
using static Holdfast.Management.Api.ListQueries;

namespace Holdfast.Management.Api;

/// <summary>What waits for a second person.</summary>
internal sealed class ApprovalOperations(ApprovalDesk desk, Func<SecondPersonSettings> settings, TimeProvider time)
{
    private const int LongestShown = 32 << 10;

    /// <summary>Every one of them.</summary>
    public IEnumerable<Operation> All() =>
    [
        Get("/acts", AccessLevel.Viewer, "The acts that a second person may have to agree to.", ApprovalJson.Default.IReadOnlyListActInfo, (_, _) => Task.FromResult<IReadOnlyList<ActInfo>>(
            [.. DestructiveActs.All.Select(act => new ActInfo(act.Name, act.Sentence, ApprovalGate.Needs(settings(), act), act.GuardsItself))])),
        Get("/approvals", AccessLevel.Viewer, "What waits, or waited, for a second person, newest first.", ApprovalJson.Default.IReadOnlyListApprovalInfo, (http, by) => Task.FromResult<IReadOnlyList<ApprovalInfo>>(
            [.. desk.All.Select(approval => Info(approval, by)).Where(approval => Text(http, "state") is not { } state || approval.State.ToString().Equals(state, StringComparison.OrdinalIgnoreCase))]))
            with { Query = new Dictionary<string, string> { ["state"] = "waiting, running, done, failed, unknown, refused or expired." } },
        Get("/approvals/{id}", AccessLevel.Admin, "One of them, with all that was asked for.", ApprovalJson.Default.ApprovalDetail, (http, by) =>
        {
            var approval = desk.Require(NodeApi.Part(http, "id"));
            var body = approval.Request.Body;
            return Task.FromResult(new ApprovalDetail(Info(approval, by), body.Length is > 0 and <= LongestShown ? Encoding.UTF8.GetString(body) : null, body.Length));
        }),
        Send("POST", "/approvals/{id}/approve", AccessLevel.Admin, "Approves it as a second person; it is carried out at once.", ApprovalJson.Default.ApprovalAnswer, ApprovalJson.Default.ApprovalDone, async (http, by, answer) =>
            Done(await desk.ApproveAsync(NodeApi.Part(http, "id"), by, answer.Digest, http.RequestAborted), by)),
        Send("POST", "/approvals/{id}/refuse", AccessLevel.Admin, "Refuses it, or takes back what one asked for.", ApprovalJson.Default.ApprovalRefusal, ApprovalJson.Default.ApprovalDone, async (http, by, refusal) =>
            Done(await desk.RefuseAsync(NodeApi.Part(http, "id"), by, refusal.Reason, http.RequestAborted), by)),
    ];

    /// <summary>An approval as somebody is told of it.</summary>
    internal static ApprovalInfo InfoOf(Approval approval, Person by, DateTimeOffset now) => new(
        approval.Id, approval.Act, approval.What, approval.Request.Method, approval.Request.Path + approval.Request.Query, approval.Digest, approval.AskedBy, approval.At, approval.Expires, approval.Reason,
        approval.StateAt(now), approval.Principal == by.Principal, approval.DecidedBy, approval.DecidedAt, approval.Outcome);

    private ApprovalInfo Info(Approval approval, Person by) => InfoOf(approval, by, time.GetUtcNow());

    private ApprovalDone Done(Approval approval, Person by) => new(approval.Outcome ?? "It is being carried out.", Info(approval, by));
}
