using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Upgrades;

/// <summary><c>holdfast cluster upgrade</c> and <c>holdfast node upgrade NODE</c>: after the new build was installed on the nodes.</summary>
internal static class UpgradeCommands
{
    public static Verb ForCluster()
    {
        var check = new Option<bool>("--check") { Description = "Only show what every node runs and has installed." };
        var finish = new Option<bool>("--finish") { Description = "In the end, let the records have the newest format. From then on older builds are refused, and there is no way back to them." };
        return new Verb("upgrade", "Restart node after node on the build that is installed there: those without roles first, every role by a planned move, doctor after each. Run it again to go on after an interruption.",
            "holdfast cluster upgrade --check", "holdfast cluster upgrade", "holdfast cluster upgrade --finish") { check, finish }
            .Does(async (run, cancellationToken) =>
            {
                if (run.Get(check) && run.Get(finish)) throw new UsageException("check-and-finish", "--check and --finish exclude each other.", "Give one of them.");
                if (run.Get(check)) await run.ShowAsync(NodeApi.Upgrade, json => json.UpgradeStatus, status => Write(status, run.Report), cancellationToken);
                else await WalkAsync(run, null, run.Get(finish), cancellationToken);
            });
    }

    public static Verb ForNode()
    {
        var node = Arguments.Node();
        return new Verb("upgrade", "Restart one node on the build that is installed there, its roles moved away before and its doctor asked after.", "holdfast node upgrade b") { node }
            .Does((run, cancellationToken) => WalkAsync(run, run.Get(node), finish: false, cancellationToken));
    }

    private static Task WalkAsync(Invocation run, string? node, bool finish, CancellationToken cancellationToken) =>
        ProgressView.FollowAsync(run.Report, "Upgrading…", RestartPatience.FollowAsync(run.Agent, () => run.Agent.UpgradeAsync(node, finish, cancellationToken), run.Surroundings.Time, cancellationToken), cancellationToken);

    private static void Write(UpgradeStatus status, Report report)
    {
        var table = new TextTable("NODE", "AGENT", "LEASH", "INSTALLED", "READS FORMAT");
        foreach (var node in status.Nodes) table.Row(node.Node, node.Agent ?? "does not answer", node.Leash ?? "-", node.Installed ?? "-", node.Format is { } format ? $"up to {format}" : "-");
        table.Write(report.Out, report.Palette, report.Width);
        report.Line();
        report.Line(status.Newest > status.Format ? $"The records have format {status.Format}; this build reads up to {status.Newest}." : $"The records have format {status.Format}.");
    }
}
