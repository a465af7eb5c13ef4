using System.Runtime.CompilerServices;
using Holdfast.Agent.Hosting;
using Holdfast.Cli.Tracing;
using Holdfast.Cli.Vaults;
using Holdfast.Cli.Workers;
using Holdfast.Protection.VolumeSnapshots;

namespace Holdfast.Cli.Daemons;

/// <summary>The one line at which the command line hands over to the agent.</summary>
internal static class AgentEntry
{
    // Apart, so that no other command loads ASP.NET Core.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static async Task<int> RunAsync(string stateDirectory, string runDirectory, bool development, string? listen, CancellationToken cancellationToken)
    {
        using var traces = TraceExport.Begin("holdfast-agent", Environment.GetEnvironmentVariable);
        if (Environment.IsPrivilegedProcess && !development) new FreezeNotes(TreeBackupOptions.FreezeFolder).ThawLeftOvers();
        return await AgentHost.RunAsync(new AgentOptions { StateDirectory = stateDirectory, RunDirectory = runDirectory, Development = development, Listen = listen, JudgeJob = JobWords.Judge }, cancellationToken);
    }
}
