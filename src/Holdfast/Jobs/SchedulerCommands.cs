using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;

namespace Holdfast.Cli.Jobs;

/// <summary><c>holdfast scheduler …</c></summary>
internal static class SchedulerCommands
{
    public static VerbGroup Create() => new("scheduler", "Which node decides about which jobs: see it, stop it, start it.", "holdfast scheduler list", "holdfast scheduler stop b --reason \"new disks\"")
    {
        List(),
        Stop(),
        Start(),
    };

    private static Verb List() => new Verb("list", "List the schedulers, each with its jobs and when they are due next.", "holdfast scheduler list", "holdfast scheduler list --json")
        .Does((run, cancellationToken) => run.ShowAsync(NodeApi.Schedulers, json => json.SchedulerInfoArray, all => JobText.WriteSchedulers(all, run.Report), cancellationToken));

    private static Verb Stop()
    {
        var node = Arguments.Node();
        var reason = Arguments.Text("--reason", "Why, for those who see it.", "TEXT");
        return new Verb("stop", "Let a node take no jobs: those it has go to other nodes and go on there. It stays so through restarts.", "holdfast scheduler stop b --reason \"new disks\"") { node, reason }
            .Does(async (run, cancellationToken) => run.Report.Done(await run.Agent.StopSchedulerAsync(run.Get(node), new SchedulerStopRequest(run.Get(reason)), cancellationToken)));
    }

    private static Verb Start()
    {
        var node = Arguments.Node();
        return new Verb("start", "Let a node take jobs again.", "holdfast scheduler start b") { node }
            .Does(async (run, cancellationToken) => run.Report.Done(await run.Agent.StartSchedulerAsync(run.Get(node), cancellationToken)));
    }
}
