using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster status</c></summary>
internal static class StatusCommand
{
    public static Verb Create() => new Verb("status", "Show nodes, roles and what needs attention.", "holdfast cluster status", "holdfast cluster status --json")
        .Does(async (run, cancellationToken) =>
        {
            var status = await run.Agent.StatusAsync(cancellationToken);
            run.Report.Result(status, NodeApiJson.Printed.ClusterStatus, s => StatusText.Write(s, run.Report));
        });
}
