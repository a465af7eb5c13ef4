using System.Runtime.CompilerServices;

namespace Holdfast.Cli.Daemons;

/// <summary>The one line at which the command line hands over to the agent.</summary>
internal static class AgentEntry
{
    // Apart, so that no other command loads ASP.NET Core.
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static Task RunAsync(string stateDirectory, string runDirectory, bool development, CancellationToken cancellationToken) =>
        throw new NotSupportedException($"Holdfast.Agent.Hosting.AgentHost is not part of this build ({stateDirectory}, {runDirectory}, {development}).");
}
