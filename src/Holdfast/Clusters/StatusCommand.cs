using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Clusters;

/// <summary><c>holdfast cluster status</c></summary>
internal static class StatusCommand
{
    public static Verb Create() => new Verb("status", "Show nodes, roles and what needs attention.", "holdfast cluster status", "holdfast cluster status --json")
        .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Cluster, json => json.ClusterStatus, status => StatusText.Write(status, run.Report), cancellationToken));
}
