using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Management.Api;
using Holdfast.Management.People;
using Holdfast.Management.Settings;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Management.Approvals;

/// <summary>Stands before what destroys something: where it needs a second person it is kept, not carried out, and answered with 202.</summary>
internal sealed class ApprovalGate(ApprovalDesk desk, ActJudge judge, Func<SecondPersonSettings> settings)
{
    /// <summary>Why somebody asks, escaped as in a URL.</summary>
    public const string ReasonHeader = "Holdfast-Reason";

    private const int LongestReason = 400;

    /// <summary>The operation with its guard, if it needs one.</summary>
    public Operation Guard(Operation operation) => DestructiveActs.Of(operation.Method, operation.Path) is { IsEmpty: false } acts
        ? operation with { Acts = acts, Handle = (http, by) => PassAsync(http, by, operation) } : operation;

    /// <summary>Whether an act needs a second person, as things are set.</summary>
    public static bool Needs(SecondPersonSettings settings, DestructiveAct act) => settings.IsOn && (act.GuardsItself || settings.Names(act.Name));

    private async Task PassAsync(HttpContext http, Person by, Operation operation)
    {
        var now = settings();
        if (!now.IsOn)
        {
            await operation.Handle(http, by);
            return;
        }

        var request = await AskedRequest.ReadAsync(http, operation.Path);
        var (what, acts) = await judge.JudgeAsync(request, by, http.RequestAborted);
        if (acts.FirstOrDefault(act => Needs(now, act)) is not { } needed)
        {
            await operation.Handle(http, by);
            return;
        }

        var approval = await desk.AskAsync(needed, what, request, by, ReasonOf(http), TimeSpan.FromHours(now.ExpiresHours), http.RequestAborted);
        http.Response.StatusCode = StatusCodes.Status202Accepted;
        await NodeApi.AnswerAsync(http, ApprovalJson.Default.ApprovalAsked, () => Task.FromResult(new ApprovalAsked("Nothing was done yet: it waits for a second person.", ApprovalOperations.InfoOf(approval, by, approval.At))));
    }

    private static string? ReasonOf(HttpContext http)
    {
        var reason = Uri.UnescapeDataString(http.Request.Headers[ReasonHeader].ToString()).Trim();
        return reason.Length <= LongestReason ? (reason.Length == 0 ? null : reason)
            : throw new HoldfastException(ErrorKind.Invalid, "request.invalid", $"{ReasonHeader}: has {reason.Length} characters; it may have {LongestReason}.", "Nothing was changed.");
    }
}
