using System.CommandLine;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Consoles;
using Holdfast.Cli.Output;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Cli.Nodes;

/// <summary><c>holdfast node show</c> and <c>holdfast node set</c></summary>
internal static class NodeSettingsCommands
{
    public static Verb Show()
    {
        var node = Arguments.Node();
        return new Verb("show", "Show what a node is set to, and what holds where nothing is set.", "holdfast node show b", "holdfast node show b --json") { node }
            .Does((run, cancellationToken) => run.ShowAsync(NodeApi.SettingsOf(run.Get(node)), json => json.NodeSettingsAnswer, answer => Write(answer, run.Report), cancellationToken));
    }

    public static Verb Set()
    {
        var node = Arguments.Node();
        var changes = new Argument<string[]>("NAME=VALUE")
        {
            Description = "description: one line. jobs: how many jobs may have a run at work on it at once. bandwidth: what each run on it may send to its vault in a second, and read from it, such as 10M; of it and the job's own the smaller one counts. "
                + $"diskFreePercent, memoryFreePercent: below which it is unwell. storeMilliseconds: how long a renewal of its lease may take before it is. '{SettingsEdit.Nothing}' for as by default.",
            Arity = ArgumentArity.OneOrMore,
        };
        return new Verb("set", "Change what a node is set to, all of what is named or none of it. It counts at once; runs at work go on as they began.",
            "holdfast node set b jobs=2 bandwidth=10M", "holdfast node set b \"description=rack 4, backups\"", "holdfast node set b jobs=none") { node, changes }
            .Does(async (run, cancellationToken) =>
            {
                var present = await run.Agent.GetAsync(NodeApi.SettingsOf(run.Get(node)), NodeApiJson.Default.NodeSettingsAnswer, cancellationToken);
                run.Report.Done(await run.Agent.SetNodeAsync(run.Get(node), run.Get(changes).Aggregate(present.Settings, NodeSettingsEdit.Set), cancellationToken));
            });
    }

    private static void Write(NodeSettingsAnswer answer, Report report)
    {
        var table = new TextTable("NAME", "DEFAULT", "VALUE");
        foreach (var (name, value, otherwise) in NodeSettingsRules.Texts(answer.Settings).Zip(NodeSettingsRules.Texts(answer.Defaults), (set, usual) => (set.Name, set.Value, usual.Value)).Where(item => answer.Names.Contains(item.Name)))
            table.Row(name, otherwise ?? SettingsEdit.Nothing, Phrases.OrNothing(value));
        table.Write(report.Out, report.Palette, report.Width);
    }
}
