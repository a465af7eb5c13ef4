using System.Runtime.CompilerServices;
using Holdfast.Agent.Api;
using Holdfast.Cli.Client;
using Holdfast.Cli.CommandLine;
using Holdfast.Cluster;

namespace Holdfast.Cli.Clusters;

/// <summary>The cluster's state at every change, across restarts of the agent: an agent that is restarted disturbs nobody else either.</summary>
internal static class StatusStream
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AgentMayBeGone = TimeSpan.FromSeconds(15);

    public static async IAsyncEnumerable<ClusterStatus> FollowAsync(Invocation run, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var time = run.Surroundings.Time;
        var everAnswered = false;
        var lastHeard = time.GetTimestamp();
        while (true)
        {
            await using var lines = run.Agent.WatchAsync(cancellationToken).GetAsyncEnumerator(cancellationToken);
            while (true)
            {
                try
                {
                    if (!await lines.MoveNextAsync()) break;
                }
                catch (HoldfastException gone) when (gone.Kind == ErrorKind.Unavailable && gone is not AgentFaultException && everAnswered && time.GetElapsedTime(lastHeard) < AgentMayBeGone)
                {
                    break;
                }
                everAnswered = true;
                lastHeard = time.GetTimestamp();
                yield return lines.Current;
                lastHeard = time.GetTimestamp();
            }
            await Task.Delay(Pause, time, cancellationToken);
        }
    }
}
