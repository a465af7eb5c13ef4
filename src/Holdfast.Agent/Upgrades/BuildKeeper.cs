using Holdfast.Agent.Hosting;
using Holdfast.Cluster.Upgrades;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Upgrades;

/// <summary>Says in the store which build this node runs, and ends the node's part when that build cannot read the store any more.</summary>
internal sealed class BuildKeeper(NodeRuntime runtime, Events.EventJournal journal, TimeProvider time)
{
    private static readonly TimeSpan RetryDelay = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(20);

    /// <summary>Says it as soon as this node has a lease, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var mine = new NodeBuild { Node = runtime.Node, Version = InstalledBuild.Own, Format = RecordFormat.Newest };
        while (!cancellationToken.IsCancellationRequested)
        {
            if (runtime.Feed.Outgrown is { } outgrown)
            {
                await StandDownAsync(outgrown.Message);
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            }

            var state = runtime.Feed.Current;
            if (runtime.Keeper.Holds && state is not null && (!state.View.Builds.TryGetValue(runtime.Node, out var said) || said.Value != mine))
            {
                try
                {
                    await runtime.Registry.PutAsync(RegistryKeys.Build(runtime.Node), mine, RegistryJson.Default.NodeBuild, said.Revision, cancellationToken);
                }
                catch (StoreUnavailableException)
                {
                    await time.PauseAsync(RetryDelay, cancellationToken);
                }
            }

            if (runtime.Feed.Outgrown is null) await runtime.Feed.WaitForChangeAsync(state, cancellationToken);
        }
    }

    /// <summary>
    /// What the records say now is not for this build to judge, so it does not wait for anybody to move its roles: they end here, and the lease is marked as ended clean, on
    /// which others take them at once.
    /// </summary>
    private async Task StandDownAsync(string why)
    {
        journal.Add("node.outdated", $"{why} Node {runtime.Node} gives its roles away.");
        using var limit = new CancellationTokenSource(EndLimit, time);
        try
        {
            await runtime.Keeper.EndCleanAsync(limit.Token);
        }
        catch (Exception exception) when (exception is OperationCanceledException or StoreUnavailableException or Leash.Protocol.LeashRefusedException)
        {
            journal.Add("node.outdated", $"The lease of node {runtime.Node} could not be marked as ended ({exception.Message}); it runs out.");
        }
    }
}
