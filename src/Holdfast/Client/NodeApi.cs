using Holdfast.Agent.Api;

namespace Holdfast.Cli.Client;

/// <summary>The node API in the command line's words.</summary>
internal static class NodeApi
{
    public static Task<AgentInfo> AgentAsync(this NodeApiClient api, CancellationToken cancellationToken) =>
        api.GetAsync("/v1/agent", NodeApiJson.Default.AgentInfo, cancellationToken);

    public static IAsyncEnumerable<ProgressLine> CreateClusterAsync(this NodeApiClient api, CreateClusterRequest request, CancellationToken cancellationToken) =>
        api.PostForStreamAsync("/v1/cluster", request, NodeApiJson.Default.CreateClusterRequest, NodeApiJson.Default.ProgressLine, cancellationToken);

    public static IAsyncEnumerable<ProgressLine> JoinAsync(this NodeApiClient api, JoinRequest request, CancellationToken cancellationToken) =>
        api.PostForStreamAsync("/v1/join", request, NodeApiJson.Default.JoinRequest, NodeApiJson.Default.ProgressLine, cancellationToken);

    public static Task<TokenResponse> TokenAsync(this NodeApiClient api, TokenRequest request, CancellationToken cancellationToken) =>
        api.PostAsync("/v1/tokens", request, NodeApiJson.Default.TokenRequest, NodeApiJson.Default.TokenResponse, cancellationToken);

    public static Task<ClusterStatus> StatusAsync(this NodeApiClient api, CancellationToken cancellationToken) =>
        api.GetAsync("/v1/cluster", NodeApiJson.Default.ClusterStatus, cancellationToken);

    public static IAsyncEnumerable<ClusterStatus> WatchAsync(this NodeApiClient api, CancellationToken cancellationToken) =>
        api.StreamAsync("/v1/watch", NodeApiJson.Default.ClusterStatus, cancellationToken);

    public static Task<NodeStatus[]> NodesAsync(this NodeApiClient api, CancellationToken cancellationToken) =>
        api.GetAsync("/v1/nodes", NodeApiJson.Default.NodeStatusArray, cancellationToken);

    public static Task<Done> NodeActAsync(this NodeApiClient api, string node, string act, CancellationToken cancellationToken) =>
        api.PostAsync($"/v1/nodes/{Escaped(node)}/{act}", NodeApiJson.Default.Done, cancellationToken);

    public static Task<RoleSummary[]> RolesAsync(this NodeApiClient api, CancellationToken cancellationToken) =>
        api.GetAsync("/v1/roles", NodeApiJson.Default.RoleSummaryArray, cancellationToken);

    public static Task<RoleDetail> RoleAsync(this NodeApiClient api, string role, CancellationToken cancellationToken) =>
        api.GetAsync($"/v1/roles/{Escaped(role)}", NodeApiJson.Default.RoleDetail, cancellationToken);

    public static Task<RoleExplain> ExplainAsync(this NodeApiClient api, string role, CancellationToken cancellationToken) =>
        api.GetAsync($"/v1/roles/{Escaped(role)}/explain", NodeApiJson.Default.RoleExplain, cancellationToken);

    public static Task<Standby[]> StandbyAsync(this NodeApiClient api, string role, CancellationToken cancellationToken) =>
        api.GetAsync($"/v1/roles/{Escaped(role)}/standby", NodeApiJson.Default.StandbyArray, cancellationToken);

    public static Task<Done> MoveAsync(this NodeApiClient api, string role, MoveRequest request, CancellationToken cancellationToken) =>
        api.PostAsync($"/v1/roles/{Escaped(role)}/move", request, NodeApiJson.Default.MoveRequest, NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> RoleActAsync(this NodeApiClient api, string role, string act, CancellationToken cancellationToken) =>
        api.PostAsync($"/v1/roles/{Escaped(role)}/{act}", NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> DeleteRoleAsync(this NodeApiClient api, string role, CancellationToken cancellationToken) =>
        api.DeleteAsync($"/v1/roles/{Escaped(role)}", NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> AddResourceAsync(this NodeApiClient api, string role, string yaml, CancellationToken cancellationToken) =>
        api.PostYamlAsync($"/v1/roles/{Escaped(role)}/resources", yaml, NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> ResourceActAsync(this NodeApiClient api, string role, string resource, string act, CancellationToken cancellationToken) =>
        api.PostAsync($"/v1/roles/{Escaped(role)}/resources/{Escaped(resource)}/{act}", NodeApiJson.Default.Done, cancellationToken);

    public static Task<ApplyResponse> ApplyAsync(this NodeApiClient api, string yaml, bool dryRun, CancellationToken cancellationToken) =>
        api.PostYamlAsync($"/v1/apply?dryRun={(dryRun ? "true" : "false")}", yaml, NodeApiJson.Default.ApplyResponse, cancellationToken);

    public static Task<ClusterEvent[]> EventsAsync(this NodeApiClient api, EventQuery query, CancellationToken cancellationToken) =>
        api.GetAsync($"/v1/events?{query}", NodeApiJson.Default.ClusterEventArray, cancellationToken);

    public static IAsyncEnumerable<ClusterEvent> FollowEventsAsync(this NodeApiClient api, EventQuery query, CancellationToken cancellationToken) =>
        api.StreamAsync($"/v1/events?{query}&follow=true", NodeApiJson.Default.ClusterEvent, cancellationToken);

    private static string Escaped(string name) => Uri.EscapeDataString(name);
}

/// <summary>Which events are wanted.</summary>
internal sealed record EventQuery(int Limit, string? Role, string? Node)
{
    public override string ToString() => $"limit={Limit}"
        + (Role is null ? "" : "&role=" + Uri.EscapeDataString(Role))
        + (Node is null ? "" : "&node=" + Uri.EscapeDataString(Node));
}
