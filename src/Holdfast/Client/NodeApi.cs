using Holdfast.Agent.Api;
using Holdfast.Cluster.Nodes;
using Holdfast.Management.Policies;

namespace Holdfast.Cli.Client;

/// <summary>The node API in the command line's words.</summary>
internal static class NodeApi
{
    public const string Cluster = "/v1/cluster";
    public const string Nodes = "/v1/nodes";
    public const string Roles = "/v1/roles";

    public static string Role(string role) => $"{Roles}/{Escaped(role)}";

    public static string Explain(string role) => $"{Role(role)}/explain";

    public static string Standby(string role) => $"{Role(role)}/standby";

    public const string Access = "/v1/access";

    public const string Failures = "/v1/failures";

    public const string Upgrade = "/v1/upgrade";

    /// <param name="node">The one node that is meant; null for all.</param>
    public static IAsyncEnumerable<ProgressLine> UpgradeAsync(this NodeApiClient api, string? node, bool finish, CancellationToken cancellationToken) =>
        api.PostForStreamAsync($"{Upgrade}?finish={(finish ? "true" : "false")}{(node is null ? "" : "&node=" + Escaped(node))}", NodeApiJson.Default.ProgressLine, cancellationToken);

    public static Task<RehearsalAnswer> RehearseAsync(this NodeApiClient api, string role, string? on, CancellationToken cancellationToken) =>
        api.PostAsync($"{Role(role)}/rehearse{(on is null ? "" : "?on=" + Escaped(on))}", NodeApiJson.Default.RehearsalAnswer, cancellationToken);

    public static Task<DoctorReport> DoctorAsync(this NodeApiClient api, CancellationToken cancellationToken) =>
        api.GetAsync("/v1/doctor", NodeApiJson.Default.DoctorReport, cancellationToken);

    public const string SharedVolumes = "/v1/volumes/shared";

    public const string Jobs = "/v1/jobs";

    public const string Schedulers = "/v1/schedulers";
    public const string Calendars = "/v1/calendars";

    public static string JobCalendar(string job, string? from, string? to) => $"{Job(job)}/calendar?from={Escaped(from ?? "")}&to={Escaped(to ?? "")}";

    public static Task<Done> StartSchedulerAsync(this NodeApiClient api, string node, CancellationToken cancellationToken) =>
        api.PostAsync($"{Schedulers}/{Escaped(node)}/start", NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> StopSchedulerAsync(this NodeApiClient api, string node, SchedulerStopRequest request, CancellationToken cancellationToken) =>
        api.PostAsync($"{Schedulers}/{Escaped(node)}/stop", request, NodeApiJson.Default.SchedulerStopRequest, NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> DeleteCalendarAsync(this NodeApiClient api, string calendar, CancellationToken cancellationToken) =>
        api.DeleteAsync($"{Calendars}/{Escaped(calendar)}", NodeApiJson.Default.Done, cancellationToken);

    public static string Job(string job) => $"{Jobs}/{Escaped(job)}";

    public static Task<JobDetail> JobAsync(this NodeApiClient api, string job, CancellationToken cancellationToken) =>
        api.GetAsync(Job(job), NodeApiJson.Default.JobDetail, cancellationToken);

    public static Task<JobRunAnswer> RunJobAsync(this NodeApiClient api, string job, CancellationToken cancellationToken) =>
        api.PostAsync($"{Job(job)}/run", NodeApiJson.Default.JobRunAnswer, cancellationToken);

    public static Task<Done> PauseJobAsync(this NodeApiClient api, string job, JobPauseRequest request, CancellationToken cancellationToken) =>
        api.PostAsync($"{Job(job)}/pause", request, NodeApiJson.Default.JobPauseRequest, NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> JobActAsync(this NodeApiClient api, string job, string act, CancellationToken cancellationToken) =>
        api.PostAsync($"{Job(job)}/{act}", NodeApiJson.Default.Done, cancellationToken);

    public static string Audit(int limit) => $"/v1/audit?limit={limit}";

    public static Task<Done> GrantAsync(this NodeApiClient api, GrantRequest request, CancellationToken cancellationToken) =>
        api.PostAsync(Access, request, NodeApiJson.Default.GrantRequest, NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> RevokeGrantAsync(this NodeApiClient api, string subject, CancellationToken cancellationToken) =>
        api.DeleteAsync($"{Access}/{Escaped(subject)}", NodeApiJson.Default.Done, cancellationToken);

    public static string WhatIf(IEnumerable<string> down) => $"/v1/what-if?down={Escaped(string.Join(',', down))}";

    public static Task<RebootAnswer> CanRebootAsync(this NodeApiClient api, string node, CancellationToken cancellationToken) =>
        api.GetAsync($"{Nodes}/{Escaped(node)}/reboot", NodeApiJson.Default.RebootAnswer, cancellationToken);

    public static IAsyncEnumerable<ProgressLine> UseProfileAsync(this NodeApiClient api, string profile, CancellationToken cancellationToken) =>
        api.PostForStreamAsync($"/v1/profile/{Escaped(profile)}", NodeApiJson.Default.ProgressLine, cancellationToken);

    public static string Events(EventQuery query) => $"/v1/events?{query}";

    public static Task<AgentInfo> AgentAsync(this NodeApiClient api, CancellationToken cancellationToken) =>
        api.GetAsync("/v1/agent", NodeApiJson.Default.AgentInfo, cancellationToken);

    public static IAsyncEnumerable<ProgressLine> CreateClusterAsync(this NodeApiClient api, CreateClusterRequest request, CancellationToken cancellationToken) =>
        api.PostForStreamAsync(Cluster, request, NodeApiJson.Default.CreateClusterRequest, NodeApiJson.Default.ProgressLine, cancellationToken);

    public static IAsyncEnumerable<ProgressLine> JoinAsync(this NodeApiClient api, JoinRequest request, CancellationToken cancellationToken) =>
        api.PostForStreamAsync("/v1/join", request, NodeApiJson.Default.JoinRequest, NodeApiJson.Default.ProgressLine, cancellationToken);

    public static Task<TokenResponse> TokenAsync(this NodeApiClient api, TokenRequest request, CancellationToken cancellationToken) =>
        api.PostAsync("/v1/tokens", request, NodeApiJson.Default.TokenRequest, NodeApiJson.Default.TokenResponse, cancellationToken);

    public static IAsyncEnumerable<ProgressLine> RecoverAsync(this NodeApiClient api, CancellationToken cancellationToken) =>
        api.PostForStreamAsync("/v1/recover", NodeApiJson.Default.ProgressLine, cancellationToken);

    public static IAsyncEnumerable<ProgressLine> MoveStoreAsync(this NodeApiClient api, MoveStoreRequest request, CancellationToken cancellationToken) =>
        api.PostForStreamAsync("/v1/move-store", request, NodeApiJson.Default.MoveStoreRequest, NodeApiJson.Default.ProgressLine, cancellationToken);

    public static Task<byte[]> BackupAsync(this NodeApiClient api, CancellationToken cancellationToken) => api.GetBytesAsync("/v1/backup", cancellationToken);

    public static Task<RestoreResponse> RestoreAsync(this NodeApiClient api, RestoreRequest request, CancellationToken cancellationToken) =>
        api.PostAsync("/v1/restore", request, NodeApiJson.Default.RestoreRequest, NodeApiJson.Default.RestoreResponse, cancellationToken);

    public static IAsyncEnumerable<ClusterStatus> WatchAsync(this NodeApiClient api, CancellationToken cancellationToken) =>
        api.StreamAsync("/v1/watch", NodeApiJson.Default.ClusterStatus, cancellationToken);

    public static Task<Done> NodeActAsync(this NodeApiClient api, string node, string act, CancellationToken cancellationToken) =>
        api.PostAsync($"{Nodes}/{Escaped(node)}/{act}", NodeApiJson.Default.Done, cancellationToken);

    public static string SettingsOf(string node) => $"{Nodes}/{Escaped(node)}/settings";

    public static Task<Done> SetNodeAsync(this NodeApiClient api, string node, NodeSettings settings, CancellationToken cancellationToken) =>
        api.PutAsync(SettingsOf(node), settings, NodeApiJson.Default.NodeSettings, NodeApiJson.Default.Done, cancellationToken);

    public static Task<NodeTestAnswer> TestNodeAsync(this NodeApiClient api, string node, CancellationToken cancellationToken) =>
        api.PostAsync($"{Nodes}/{Escaped(node)}/test", NodeApiJson.Default.NodeTestAnswer, cancellationToken);

    public static Task<RoleDetail> RoleAsync(this NodeApiClient api, string role, CancellationToken cancellationToken) =>
        api.GetAsync(Role(role), NodeApiJson.Default.RoleDetail, cancellationToken);

    public static Task<Done> MoveAsync(this NodeApiClient api, string role, MoveRequest request, CancellationToken cancellationToken) =>
        api.PostAsync($"{Role(role)}/move", request, NodeApiJson.Default.MoveRequest, NodeApiJson.Default.Done, cancellationToken);

    /// <param name="role">The role; null for the whole cluster.</param>
    public static Task<Done> MaintainAsync(this NodeApiClient api, string? role, MaintenanceRequest request, CancellationToken cancellationToken) =>
        api.PostAsync(Maintenance(role), request, NodeApiJson.Default.MaintenanceRequest, NodeApiJson.Default.Done, cancellationToken);

    /// <param name="role">The role; null for the whole cluster.</param>
    public static Task<Done> EndMaintenanceAsync(this NodeApiClient api, string? role, CancellationToken cancellationToken) =>
        api.DeleteAsync(Maintenance(role), NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> RoleActAsync(this NodeApiClient api, string role, string act, CancellationToken cancellationToken) =>
        api.PostAsync($"{Role(role)}/{act}", NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> DeleteRoleAsync(this NodeApiClient api, string role, CancellationToken cancellationToken) =>
        api.DeleteAsync(Role(role), NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> DeletePolicyAsync(this NodeApiClient api, string policy, CancellationToken cancellationToken) =>
        api.DeleteAsync(Policy(policy), NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> AddResourceAsync(this NodeApiClient api, string role, string yaml, CancellationToken cancellationToken) =>
        api.PostYamlAsync($"{Role(role)}/resources", yaml, NodeApiJson.Default.Done, cancellationToken);

    public static Task<Done> ResourceActAsync(this NodeApiClient api, string role, string resource, string act, CancellationToken cancellationToken) =>
        api.PostAsync($"{Role(role)}/resources/{Escaped(resource)}/{act}", NodeApiJson.Default.Done, cancellationToken);

    /// <summary>What the management service is asked, wherever it is: through the agent, which says who asks.</summary>
    public const string Service = "/v1/management/service/api/v1";

    public const string Policies = Service + "/policies";

    public static string Policy(string name) => $"{Policies}/{Escaped(name)}";

    public static string ThingsOf(string policy) => $"{Service}/things?policy={Escaped(policy)}";

    /// <summary>Applies a declaration. With policies in it, the management service takes all of it, so that it is checked and applied as one.</summary>
    public static Task<ApplyResponse> ApplyAsync(this NodeApiClient api, string yaml, bool dryRun, CancellationToken cancellationToken) =>
        api.PostYamlAsync($"{(PolicyDocuments.HasPolicy(yaml) ? Service : "/v1")}/apply?dryRun={(dryRun ? "true" : "false")}", yaml, NodeApiJson.Default.ApplyResponse, cancellationToken);

    public static IAsyncEnumerable<ClusterEvent> FollowEventsAsync(this NodeApiClient api, EventQuery query, CancellationToken cancellationToken) =>
        api.StreamAsync(Events(query) + "&follow=true", NodeApiJson.Default.ClusterEvent, cancellationToken);

    private static string Maintenance(string? role) => $"{(role is null ? Cluster : Role(role))}/maintenance";

    private static string Escaped(string name) => Uri.EscapeDataString(name);
}

/// <summary>Which events are wanted.</summary>
internal sealed record EventQuery(int Limit, string? Role, string? Node)
{
    public override string ToString() => $"limit={Limit}"
        + (Role is null ? "" : "&role=" + Uri.EscapeDataString(Role))
        + (Node is null ? "" : "&node=" + Uri.EscapeDataString(Node));
}
