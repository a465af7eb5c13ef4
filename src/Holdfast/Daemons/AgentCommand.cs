using System.CommandLine;
using Holdfast.Agent.Doors;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cli.Machine;

namespace Holdfast.Cli.Daemons;

/// <summary><c>holdfast agent</c>: the node's agent, started by the leash.</summary>
internal static class AgentCommand
{
    public static Verb Create()
    {
        var state = DaemonOptions.State(DaemonOptions.DefaultStateDirectory);
        var development = new Option<bool>("--development") { Description = "No root, no etcd: as 'holdfast dev' starts it." };
        var listen = Arguments.Text("--listen", $"Where this node's door to the management service listens, such as {DoorAddress.Local}, or none; else $HOLDFAST_LISTEN, else port {DoorAddress.DefaultPort} of all addresses.", "ADDRESS");
        return new Verb("agent", "Run this node's agent; the leash starts it.", "holdfast agent --state /var/lib/holdfast --run-dir /run/holdfast") { state, development, listen }
            .Does(async (run, cancellationToken) =>
            {
                Prerequisites.Require(run.Get(development), run.Surroundings.Environment);
                var folder = run.Get(state) ?? run.Surroundings.Environment("HOLDFAST_STATE") ?? DaemonOptions.DefaultStateDirectory;
                return await AgentEntry.RunAsync(Path.GetFullPath(folder), run.Socket.RunDirectory, run.Get(development), run.Get(listen) ?? run.Surroundings.Environment("HOLDFAST_LISTEN"), cancellationToken);
            });
    }
}
