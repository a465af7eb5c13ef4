using System.Runtime.CompilerServices;
using Holdfast.Cli.Tracing;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Hosting;

namespace Holdfast.Cli.Daemons;

/// <summary>The one line at which the command line hands over to the management service.</summary>
internal static class ManagementEntry
{
    // Apart, so that no other command loads ASP.NET Core.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task RunAsync(string stateDirectory, string runDirectory, string epoch, string node, string? databaseFile, TimeProvider time, CancellationToken cancellationToken)
    {
        using var traces = TraceExport.Begin("holdfast-management", Environment.GetEnvironmentVariable);
        await ManagementHost.RunAsync(
            new ManagementOptions
            {
                StateDirectory = stateDirectory,
                RunDirectory = runDirectory,
                Epoch = Epoch.Parse(epoch),
                Node = node,
                ConsoleDirectory = Path.Combine(AppContext.BaseDirectory, "console"),
                Database = databaseFile is null ? null : (await File.ReadAllTextAsync(databaseFile, cancellationToken)).Trim(),
            },
            time, cancellationToken);
    }
}
