using System.Globalization;
using System.Text;
using Holdfast.Agent.Api;
using Holdfast.Management.Alerts;
using Holdfast.Management.Collecting;
using Holdfast.Management.Compliance;
using Holdfast.Management.Hosting;
using Holdfast.Management.Repository;

namespace Holdfast.Management.Api;

/// <summary>What a monitoring system reads, in the text format of Prometheus (version 0.0.4).</summary>
internal sealed class MetricsText(ClusterFollower follower, AlertService alerts, ComplianceWatch compliance, RepositoryDatabase repository, Collector collector, ManagementOptions options)
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Everything as it is now.</summary>
    public string Write()
    {
        var text = new StringBuilder();
        Family(text, "holdfast_management_info", "Where the management service is.", [($"node=\"{Label(options.Node)}\",epoch=\"{options.Epoch}\"", 1)]);
        Family(text, "holdfast_database_up", "Whether the repository database answers.", [("", repository.State.IsUp ? 1 : 0)]);
        Family(text, "holdfast_journal_behind", "Entries of a node's journal that are not collected yet.", collector.Standings.Where(standing => standing.Value.Behind is not null).Select(standing => ($"node=\"{Label(standing.Key)}\"", (double)standing.Value.Behind!.Value)));
        if (follower.Status is { } cluster) OfCluster(text, cluster);
        Family(text, "holdfast_alerts", "Alerts that are not closed.", alerts.State.Alerts.Values.Where(alert => alert.Status != AlertStatus.Closed).GroupBy(alert => (Severity: alert.Severity.ToString().ToLowerInvariant(), State: alert.Status.ToString().ToLowerInvariant()))
            .Select(group => ($"severity=\"{group.Key.Severity}\",state=\"{group.Key.State}\"", (double)group.Count())));
        Family(text, "holdfast_thing_rpo_met", "Whether the recovery point objective of a protected thing is met: 1, 0, or absent when nobody knows.", compliance.Things.Where(thing => thing.State != ComplianceState.Unknown).Select(thing => (LabelsOf(thing), thing.State == ComplianceState.Met ? 1d : 0)));
        Family(text, "holdfast_thing_age_seconds", "How old the newest usable copy of a protected thing is.", compliance.Things.Where(thing => thing.AgeSeconds is not null).Select(thing => (LabelsOf(thing), thing.AgeSeconds!.Value)));
        return text.ToString();
    }

    private static void OfCluster(StringBuilder text, ClusterStatus cluster)
    {
        Family(text, "holdfast_store_ok", "Whether the cluster has a majority.", [("", cluster.Store == "no-quorum" ? 0 : 1)]);
        Family(text, "holdfast_node_up", "Whether a node's lease lives.", cluster.Nodes.Select(node => ($"node=\"{Label(node.Name)}\"", node.State == "up" ? 1d : 0)));
        Family(text, "holdfast_role_online", "Whether a role is online.", cluster.Roles.Select(role => ($"role=\"{Label(role.Name)}\",node=\"{Label(role.Owner ?? "")}\"", role.State == "online" ? 1d : 0)));
    }

    private static string LabelsOf(ThingCompliance thing) => $"thing=\"{Label(thing.Key)}\",policy=\"{Label(thing.Policy)}\"";

    private static void Family(StringBuilder text, string name, string help, IEnumerable<(string Labels, double Value)> samples)
    {
        var written = false;
        foreach (var (labels, value) in samples)
        {
            if (!written) text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} gauge\n");
            written = true;
            text.Append(name);
            if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
            text.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).Append('\n');
        }
    }

    private static string Label(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
