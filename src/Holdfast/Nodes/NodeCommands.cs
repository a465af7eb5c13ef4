using Holdfast.Cli.Client;
using Holdfast.Cli.Clusters;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Upgrades;

namespace Holdfast.Cli.Nodes;

/// <summary><c>holdfast node …</c></summary>
internal static class NodeCommands
{
    public static VerbGroup Create() => new("node", "Add, list, set, drain and remove nodes.", "holdfast node list", "holdfast node drain b")
    {
        JoinCommand.Create(),
        List(),
        NodeSettingsCommands.Show(),
        NodeSettingsCommands.Set(),
        TestNodeCommand.Create(),
        Act("pause", "Give a node nothing new; it keeps what it has."),
        Act("resume", "Let a node be given roles again."),
        Act("drain", "Move everything off a node and give it nothing new: before maintenance."),
        UpgradeCommands.ForNode(),
        Act("evict", "Take a node out of the cluster for good.", "Evict {0}? Its roles move away and it can only come back by joining anew."),
        Act("revoke", "Take a node out of the cluster that is no longer trusted: evict it, and rotate the cluster key.", "Revoke {0}? Its roles move away, secrets are sealed with a new key, and it can only come back by joining anew."),
        Act("renew-certificate", "Give a node a new certificate while everything goes on. It happens by itself in time."),
        Act("confirm-down", "Say that a node is off: its disks may be taken over.",
            "Is {0} switched off? If it still runs, its disks can be damaged when another node takes them."),
    };

    private static Verb List() => new Verb("list", "List the nodes.", "holdfast node list")
        .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Nodes, json => json.NodeStatusArray,
            all => StatusText.NodeTable(all).Write(run.Report.Out, run.Report.Palette, run.Report.Width), cancellationToken));

    private static Verb Act(string act, string description, string? question = null)
    {
        var node = Arguments.Node();
        var yes = Confirmation.Option();
        var verb = new Verb(act, description, $"holdfast node {act} b") { node };
        if (question is not null) verb.Add(yes);
        return verb.Does(async (run, cancellationToken) =>
        {
            if (question is not null) Confirmation.Ask(run, yes, string.Format(null, question, run.Get(node)));
            run.Report.Done(await run.Agent.NodeActAsync(run.Get(node), act, cancellationToken));
        });
    }
}
