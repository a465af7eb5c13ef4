using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Api;
using Holdfast.Management.Link;
using Holdfast.Management.Repository;

namespace Holdfast.Management.Hosting;

/// <summary>Where the service is, how it came there, and how its database is.</summary>
internal sealed class ServiceStanding(AgentLink agent, ManagementOptions options, RepositoryDatabase repository, DateTimeOffset since)
{
    private ServiceInfo? _told;

    /// <summary>Gets how the database is.</summary>
    public DatabaseLight Database => repository.State is var state && state.IsUp ? new("ok", "The database answers.", state.Kind) : new("down", repository.State.Reason ?? "The database is being opened.", state.Kind);

    /// <summary>Where the service is, and where it was before.</summary>
    public async Task<ServiceInfo> LookAsync(CancellationToken cancellationToken)
    {
        if (_told is { } told) return told; // It stays true as long as this process is the service.
        try
        {
            var role = await agent.GetAsync($"v1/roles/{Agent.Doors.ManagementRole.Name}", ApiJson.Default.RoleDetail, cancellationToken);
            var before = Before([.. role.History], options.Node);
            return _told = new ServiceInfo(options.Node, options.Epoch.ToString(), since, before?.Node, before is { } left ? Math.Max(0, Math.Round((since - left.At).TotalSeconds, 1)) : null);
        }
        catch (HoldfastException)
        {
            return new ServiceInfo(options.Node, options.Epoch.ToString(), since, null, null);
        }
    }

    /// <summary>The node that had it before this one, and when that one was seen to have it no more.</summary>
    /// <param name="history">The decisions, newest first.</param>
    /// <param name="node">The present owner.</param>
    internal static (string Node, DateTimeOffset At)? Before(IReadOnlyList<Decision> history, string node)
    {
        DateTimeOffset? at = null;
        foreach (var decision in history)
        {
            if (decision.Owner is not { } owner) continue;
            if (owner.Value != node) return at is { } when ? (owner.Value, decision.Phase is PlacementPhase.Releasing or PlacementPhase.Released ? decision.At : when) : null;
            if (decision.Phase == PlacementPhase.Assigned) at = decision.At;
        }

        return null;
    }
}
