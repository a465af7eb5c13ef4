using System.CommandLine;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;
using Holdfast.Management.Api;

namespace Holdfast.Cli.Consoles;

/// <summary><c>holdfast approval …</c></summary>
internal static class ApprovalCommands
{
    public static VerbGroup Create() => new("approval", "What waits for a second person: see it, approve it, refuse it.", "holdfast approval list", "holdfast approval approve 3f2a91c05d7e")
    {
        List(),
        Show(),
        Approve(),
        Refuse(),
    };

    private static Verb List() => new Verb("list", "List what waits, or waited, for a second person.", "holdfast approval list")
        .Does((run, cancellationToken) => run.ShowAsync(ManagementApi.Approvals, json => json.ApprovalInfoArray, all =>
        {
            if (all.Length == 0)
            {
                run.Report.Line("Nothing waits for a second person.");
                return;
            }

            var table = new TextTable("ID", "STATE", "ASKED", "WHO", "WHAT");
            foreach (var approval in all) table.Row(approval.Id, approval.State.ToString().ToLowerInvariant(), Phrases.Instant(approval.At), approval.AskedBy, approval.What);
            table.Write(run.Report.Out, run.Report.Palette, run.Report.Width);
        }, cancellationToken));

    private static Verb Show()
    {
        var id = Id();
        return new Verb("show", "Show one with all that was asked for.", "holdfast approval show 3f2a91c05d7e") { id }
            .Does((run, cancellationToken) => run.ShowAsync(ManagementApi.Approval(run.Get(id)), json => json.ApprovalDetail, detail => Write(detail, run.Report), cancellationToken));
    }

    private static Verb Approve()
    {
        var (id, yes) = (Id(), Confirmation.Option());
        return new Verb("approve", "Approve one as a second person: it is carried out at once. Nobody approves what they asked for themselves.", "holdfast approval approve 3f2a91c05d7e") { id, yes }
            .Does(async (run, cancellationToken) =>
            {
                var detail = await run.Agent.GetAsync(ManagementApi.Approval(run.Get(id)), NodeApiJson.Default.ApprovalDetail, cancellationToken);
                if (!run.Json) Write(detail, run.Report);
                Confirmation.Ask(run, yes, "Approve this?");
                // What was seen is what is approved.
                var done = await run.Agent.PostAsync(ManagementApi.Approval(run.Get(id)) + "/approve", new ApprovalAnswer(detail.Approval.Digest), NodeApiJson.Default.ApprovalAnswer, NodeApiJson.Default.ApprovalDone, cancellationToken);
                run.Report.Result(done, NodeApiJson.Printed.ApprovalDone, result => run.Report.Line(result.Message));
                return (int)(done.Approval.State == Management.Approvals.ApprovalState.Done ? ExitCode.Ok : ExitCode.Conflict);
            });
    }

    private static Verb Refuse()
    {
        var (id, reason) = (Id(), Arguments.Text("--reason", "Why, for whoever asked.", "TEXT"));
        return new Verb("refuse", "Refuse one, or take back what you asked for.", "holdfast approval refuse 3f2a91c05d7e --reason \"not today\"") { id, reason }
            .Does(async (run, cancellationToken) =>
            {
                var done = await run.Agent.PostAsync(ManagementApi.Approval(run.Get(id)) + "/refuse", new ApprovalRefusal(run.Get(reason)), NodeApiJson.Default.ApprovalRefusal, NodeApiJson.Default.ApprovalDone, cancellationToken);
                run.Report.Result(done, NodeApiJson.Printed.ApprovalDone, result => run.Report.Line(result.Message));
            });
    }

    private static void Write(ApprovalDetail detail, Report report)
    {
        var approval = detail.Approval;
        report.Line($"{approval.What}.");
        report.Line($"Asked for by {approval.AskedBy} at {Phrases.Instant(approval.At)}{(approval.Reason is { } reason ? $": {reason}" : "")}; it is {approval.State.ToString().ToLowerInvariant()}{(approval.Outcome is { } outcome ? $": {outcome}" : "")}");
        report.Line($"{approval.Method} {approval.Path}");
        if (detail.Body is { } body) report.Line(body);
        else if (detail.BodyBytes > 0) report.Line($"with {detail.BodyBytes} bytes; SHA-256 of the whole request {approval.Digest}");
    }

    private static Argument<string> Id() => new("ID") { Description = "The approval, as the list names it." };
}
