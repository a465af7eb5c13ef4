using System.Net.Http.Json;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Agent.Etcd;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Peers;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Store;

namespace Holdfast.Agent.Recovery;

/// <summary>
/// Notices that the cluster was recovered without this voter. Its member of etcd and those of other lost nodes could still make a
/// quorum of the old store among themselves, so before such a member is started, and every few seconds after, the other voters are
/// asked which store they follow. It is a net under the operator's word that lost nodes stay off, not a proof: who cannot be asked tells nothing.
/// </summary>
internal sealed class LeftBehind(NodeRuntime runtime, TimeProvider time)
{
    private static readonly TimeSpan AskLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(5);

    /// <summary>What this node says of itself, and of the node that asks.</summary>
    public static PeerStanding StandingOf(NodeRuntime runtime, string asking)
    {
        var state = runtime.Feed.Current;
        var (generation, store) = Known(runtime);
        var member = EntityName.IsValid(asking) && state is not null && state.View.Nodes.TryGetValue(new NodeName(asking), out var node) && node.Value.Intent != NodeIntent.Evicted;
        // What the store says of its mark, if it could be asked since this agent began; else what was noted beside this node's own copy.
        var mark = state is null ? runtime.Mark?.SeenOf(asking) : member && state.View.Leases.TryGetValue(new NodeName(asking), out var lease) ? lease.Value.CopyMark : null;
        return new(runtime.Identity.ClusterId, generation, store, state is not null && runtime.Feed.Trouble is null, member, mark ?? 0);
    }

    /// <summary>Whether an answer shows that the cluster began anew without this node. The same store in a later generation does not: this node reads it too, only later.</summary>
    public static bool Shows(PeerStanding answer, string clusterId, int generation, string? storeId) =>
        answer.ClusterId == clusterId && answer.Generation > generation && answer.StoreId is not null && answer.StoreId != storeId && !answer.Member;

    /// <summary>Goes on asking until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await time.PauseAsync(Period, cancellationToken);
            if (runtime is { Etcd: not null, LeftBehind: null } && !cancellationToken.IsCancellationRequested) await LookAsync(AskLimit, cancellationToken);
        }
    }

    /// <summary>Asks every other voter that this node knows of.</summary>
    public static async Task<IReadOnlyList<(string Address, PeerStanding Standing)>> AskAsync(NodeRuntime runtime, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (runtime.Keys is not { } keys) return [];
        var others = runtime.Identity.Voters.Where(address => address != runtime.Identity.Address).Distinct().ToList();
        if (others.Count == 0) return [];
        using var http = PeerClient.ForNode(keys, limit);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(limit);
        var answers = await Task.WhenAll(others.Select(async address => (address, await AskOneAsync(http, runtime, address, deadline.Token))));
        cancellationToken.ThrowIfCancellationRequested();
        return [.. from answer in answers where answer.Item2 is not null select (answer.address, answer.Item2)];
    }

    /// <summary>Asks once, also before a member of etcd is started: one that runs was asked before, and an agent that restarts has no time for it.</summary>
    /// <returns>What was answered.</returns>
    public async Task<IReadOnlyList<(string Address, PeerStanding Standing)>> LookAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        var (generation, store) = Known(runtime);
        var answers = await AskAsync(runtime, limit, cancellationToken);
        foreach (var (address, standing) in answers)
        {
            if (!Shows(standing, runtime.Identity.ClusterId, generation, store)) continue;
            await runtime.LeaveBehindAsync($"Cluster {runtime.Identity.ClusterName} was recovered without this node: {address} follows generation {standing.Generation} of it, and this node's data is of generation {generation}.", cancellationToken);
            break;
        }

        return answers;
    }

    private static async Task<PeerStanding?> AskOneAsync(HttpClient http, NodeRuntime runtime, string address, CancellationToken cancellationToken)
    {
        try
        {
            var uri = new UriBuilder("https", address, runtime.Identity.ApiPort, "v1/peer/standing") { Query = $"node={Uri.EscapeDataString(runtime.Node.Value)}" }.Uri;
            return await http.GetFromJsonAsync(uri, PeerJson.Default.PeerStanding, cancellationToken);
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or OperationCanceledException)
        {
            return null;
        }
    }

    private static (int Generation, string? StoreId) Known(NodeRuntime runtime) =>
        runtime.Feed.Current is { View.Settings: { } settings } state ? (settings.Generation, state.StoreId) : (runtime.Identity.Generation, runtime.Identity.StoreId);
}
