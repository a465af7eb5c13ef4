using Holdfast.Cli.CommandLine;
using Holdfast.Cluster;

namespace Holdfast.Cli.Daemons;

/// <summary><c>holdfast management</c>: the management service, started as the resource of role <c>management</c>.</summary>
internal static class ManagementCommand
{
    public static Verb Create()
    {
        var state = DaemonOptions.State(DaemonOptions.DefaultStateDirectory);
        var database = Arguments.Text("--database-file", "A file with the address of the repository database, postgres://USER:PASSWORD@HOST/DATABASE. The default is SQLite in the state folder.", "FILE");
        return new Verb("management", "Run the management service; the role 'management' starts it.", "holdfast management --state /var/lib/holdfast --run-dir /run/holdfast") { state, database }
            .Does((run, cancellationToken) =>
            {
                var environment = run.Surroundings.Environment;
                if (environment("HOLDFAST_EPOCH") is not { } epoch || environment("HOLDFAST_NODE") is not { } node)
                    throw new HoldfastException(ErrorKind.Invalid, "management.not-a-role", "The management service runs as the role 'management', which gives it its epoch.", "holdfast role start management");
                var folder = Path.GetFullPath(run.Get(state) ?? environment("HOLDFAST_STATE") ?? DaemonOptions.DefaultStateDirectory);
                return ManagementEntry.RunAsync(folder, run.Socket.RunDirectory, epoch, node, run.Get(database), run.Surroundings.Time, cancellationToken);
            });
    }
}
