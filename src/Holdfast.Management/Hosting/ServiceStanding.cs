using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Roles;
using Holdfast.Management.Api;
using Holdfast.Management.Link;
using Holdfast.Management.Repository;

namespace Holdfast.Management.Hosting;

/// <summary>Where the service is, how it came there, and how its database is.</summary>
internal sealed class ServiceStanding(AgentLink agent, ManagementOptions options, RepositoryDatabase repository, TimeProvider time)
{
    private const int MostLooks = 20;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);
    private readonly DateTimeOffset _since = time.GetUtcNow();
    private ServiceInfo? _told;

    /// <summary>Gets how the database is.</summary>
    public DatabaseLight Database => repository.State is var state && state.IsUp ? new("ok", "The database answers.", state.Kind) : new("down", repository.State.Reason ?? "The database is being opened.", state.Kind);

    /// <summary>Where the service is, and where it was before.</summary>
    public async Task<ServiceInfo> LookAsync(CancellationToken cancellationToken)
    {
        if (_told is { } told) return told; // It stays true as long as this process is the service.
        try
        {
            // The role is online a moment after this process answers, and how long it was away is known then.
            var role = await RoleAsync(cancellationToken);
            var before = Before(role.History, options.Node);
            for (var looks = 1; before is not null && role.OutageSeconds is null && looks < MostLooks; looks++)
            {
                await Task.Delay(Pause, time, cancellationToken);
                role = await RoleAsync(cancellationToken);
            }

            return _told = new ServiceInfo(options.Node, options.Epoch.ToString(), _since, before, role.OutageSeconds is { } seconds ? Math.Round(seconds, 1) : null);
        }
        catch (HoldfastException)
        {
            return new ServiceInfo(options.Node, options.Epoch.ToString(), _since, null, null);
        }
    }

    /// <summary>The node that had it before this one; null when none did.</summary>
    /// <param name="history">The decisions, newest first.</param>
    /// <param name="node">The present owner.</param>
    internal static string? Before(IReadOnlyList<Decision> history, string node) => history.Select(decision => decision.Owner?.Value).FirstOrDefault(owner => owner is not null && owner != node);

    private Task<RoleDetail> RoleAsync(CancellationToken cancellationToken) => agent.GetAsync($"v1/roles/{Agent.Doors.ManagementRole.Name}", ApiJson.Default.RoleDetail, cancellationToken);
}
