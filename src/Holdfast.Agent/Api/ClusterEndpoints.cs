using System.Collections.Immutable;
using Holdfast.Agent.Declarations;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Operations;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;
using Holdfast.Store.Backup;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Holdfast.Agent.Api.NodeApi;

namespace Holdfast.Agent.Api;

/// <summary>What people ask of a cluster, from any of its nodes.</summary>
/// <param name="host">Finds the runtime; there is none before the machine belongs to a cluster.</param>
internal sealed class ClusterEndpoints(AgentHost host)
{
    /// <summary>Maps the endpoints.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/cluster", http => AnswerAsync(http, ApiJson.Default.ClusterStatus, () => StatusAsync(http.RequestAborted)));
        app.MapGet("/v1/watch", http => StreamAsync(http, ApiJson.Default.ClusterStatus, WatchAsync(http.RequestAborted)));
        app.MapPost("/v1/tokens", http => AnswerAsync(http, ApiJson.Default.TokenResponse, async () =>
            await Runtime.Admission.IssueTokenAsync(TimeSpan.FromSeconds((await BodyAsync(http, ApiJson.Default.TokenRequest)).LifetimeSeconds), http.RequestAborted)));

        app.MapGet("/v1/backup", http => BytesAsync(http, () => Runtime.Backups.TakeAsync(http.RequestAborted)));
        app.MapPost("/v1/restore", http => AnswerAsync(http, ApiJson.Default.RestoreResponse, async () =>
        {
            AllowBody(http, BackupFile.LargestBytes * 2); // It is base64 on its way.
            return await Runtime.Backups.RestoreAsync(await BodyAsync(http, ApiJson.Default.RestoreRequest), http.RequestAborted);
        }));
        app.MapPost("/v1/cluster/maintenance", http => DoneAsync(http, () => MaintainAsync(http, null)));
        app.MapDelete("/v1/cluster/maintenance", http => DoneAsync(http, () => Runtime.Operations.EndMaintenanceAsync(null, http.RequestAborted)));

        app.MapGet("/v1/nodes", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListNodeStatus, async () => (await StatusAsync(http.RequestAborted)).Nodes));
        app.MapPost("/v1/nodes/{node}/pause", http => DoneAsync(http, () => IntendAsync(http, NodeIntent.Paused, "keeps what it has and is given nothing new")));
        app.MapPost("/v1/nodes/{node}/resume", http => DoneAsync(http, () => IntendAsync(http, NodeIntent.Active, "may be given roles again")));
        app.MapPost("/v1/nodes/{node}/drain", http => DoneAsync(http, () => IntendAsync(http, NodeIntent.Draining, "gives all its roles away")));
        app.MapPost("/v1/nodes/{node}/evict", http => DoneAsync(http, () => Runtime.Admission.EvictAsync(Node(http), http.RequestAborted)));
        app.MapPost("/v1/nodes/{node}/confirm-down", http => DoneAsync(http, async () =>
        {
            await Runtime.Operations.ConfirmDownAsync(Node(http), http.RequestAborted);
            return $"Node {Node(http)} counts as off; its roles may start elsewhere.";
        }));

        app.MapGet("/v1/nodes/{node}/settings", http => AnswerAsync(http, ApiJson.Default.NodeSettingsAnswer, () => Task.FromResult(Settings.Show(Node(http)))));
        app.MapPut("/v1/nodes/{node}/settings", http => DoneAsync(http, async () => await Settings.PutAsync(Node(http), await BodyAsync(http, ApiJson.Default.JsonElement), http.RequestAborted)));

        app.MapGet("/v1/roles", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListRoleSummary, () => Task.FromResult(Roles())));
        app.MapGet("/v1/roles/{role}", http => AnswerAsync(http, ApiJson.Default.RoleDetail, () => Task.FromResult(Detail(Role(http)))));
        app.MapDelete("/v1/roles/{role}", http => DoneAsync(http, () => Runtime.Operations.DeleteRoleAsync(Role(http), http.RequestAborted)));
        app.MapPost("/v1/roles/{role}/move", http => DoneAsync(http, async () =>
        {
            var to = (await BodyAsync(http, ApiJson.Default.MoveRequest)).To;
            return await Runtime.Operations.MoveAsync(Role(http), to is null ? null : new NodeName(to), http.RequestAborted);
        }));
        app.MapPost("/v1/roles/{role}/failback", http => DoneAsync(http, () => Runtime.Operations.FailbackAsync(Role(http), stay: false, http.RequestAborted)));
        app.MapPost("/v1/roles/{role}/stay", http => DoneAsync(http, () => Runtime.Operations.FailbackAsync(Role(http), stay: true, http.RequestAborted)));
        app.MapPost("/v1/roles/{role}/start", http => DoneAsync(http, () => Runtime.Operations.StartAsync(Role(http), http.RequestAborted)));
        app.MapPost("/v1/roles/{role}/stop", http => DoneAsync(http, () => Runtime.Operations.StopAsync(Role(http), http.RequestAborted)));
        app.MapPost("/v1/roles/{role}/maintenance", http => DoneAsync(http, () => MaintainAsync(http, Role(http))));
        app.MapDelete("/v1/roles/{role}/maintenance", http => DoneAsync(http, () => Runtime.Operations.EndMaintenanceAsync(Role(http), http.RequestAborted)));
        app.MapGet("/v1/roles/{role}/explain", http => AnswerAsync(http, ApiJson.Default.RoleExplain, () => Task.FromResult(Explain(Role(http)))));
        app.MapGet("/v1/roles/{role}/standby", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListStandby, () => Task.FromResult(Standbys(Role(http)))));

        app.MapPost("/v1/apply", http => AnswerAsync(http, ApiJson.Default.ApplyResponse, async () =>
            await Runtime.Declaring.ApplyAsync(await TextAsync(http), http.Request.Query["dryRun"] == "true", http.RequestAborted)));
        app.MapPost("/v1/roles/{role}/resources", http => DoneAsync(http, async () =>
            await Runtime.Declaring.AddResourceAsync(Role(http), await TextAsync(http), http.RequestAborted)));
        app.MapPost("/v1/roles/{role}/resources/{resource}/use-network-name", http => DoneAsync(http, () => Runtime.Declaring.UseNetworkNameAsync(Role(http), new ResourceName(Part(http, "resource")), http.RequestAborted)));
        app.MapPost("/v1/roles/{role}/resources/{resource}/online", http => DoneAsync(http, () => ResourceAsync(http, r => r with { Desired = DesiredState.Online }, "is wanted online")));
        app.MapPost("/v1/roles/{role}/resources/{resource}/offline", http => DoneAsync(http, () => ResourceAsync(http, r => r with { Desired = DesiredState.Offline }, "is wanted offline")));
        app.MapPost("/v1/roles/{role}/resources/{resource}/restart", http => DoneAsync(http, () => ResourceAsync(http, r => r with { RestartRequests = r.RestartRequests + 1 }, "is restarted")));

        app.MapGet("/v1/events", EventsAsync);
    }

    private NodeRuntime Runtime => host.RequireRuntime();

    private NodeSettingsOperations Settings => new(Runtime.Operations, host.Journal);

    private static NodeName Node(HttpContext http) => new(Part(http, "node"));

    private static RoleName Role(HttpContext http) => new(Part(http, "role"));

    private async Task<ClusterStatus> StatusAsync(CancellationToken cancellationToken) => StatusReport.Cluster(Runtime, await Runtime.StoreLeaderAsync(cancellationToken));

    private async IAsyncEnumerable<ClusterStatus> WatchAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var runtime = Runtime;
        string? last = null;
        while (true)
        {
            var state = runtime.Feed.Current;
            var status = await StatusAsync(cancellationToken);
            // Renewals change the revision several times a second; only what a person would see counts as a change.
            var shown = System.Text.Json.JsonSerializer.Serialize(status with { Revision = 0, Nodes = [.. status.Nodes.Select(n => n with { LeaseAgeMs = null })] }, ApiJson.Default.ClusterStatus);
            if (shown != last) yield return status;
            last = shown;
            await runtime.Feed.WaitForChangeAsync(state, cancellationToken).WaitAsync(TimeSpan.FromMilliseconds(500), cancellationToken).ContinueWith(_ => { }, TaskScheduler.Default);
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    private async Task<string> IntendAsync(HttpContext http, NodeIntent intent, string meaning)
    {
        var node = Node(http);
        await Runtime.Operations.UpdateNodeAsync(node, record => record with { Intent = intent, ShuttingDown = false, Quarantine = intent == NodeIntent.Active ? null : record.Quarantine, Losses = intent == NodeIntent.Active ? [] : record.Losses }, http.RequestAborted);
        host.Journal.Add($"node.{intent.ToString().ToLowerInvariant()}", $"Node {node} {meaning}.");
        return $"Node {node} {meaning}.";
    }

    private async Task<string> MaintainAsync(HttpContext http, RoleName? role)
    {
        var request = await BodyAsync(http, ApiJson.Default.MaintenanceRequest);
        return await Runtime.Operations.MaintainAsync(role, TimeSpan.FromSeconds(Math.Clamp(request.Seconds, 0, 1e9)), request.Reason, http.RequestAborted);
    }

    private async Task<string> ResourceAsync(HttpContext http, Func<ResourceSpec, ResourceSpec> change, string meaning)
    {
        var resource = new ResourceName(Part(http, "resource"));
        await Runtime.Operations.UpdateResourceAsync(Role(http), resource, change, http.RequestAborted);
        host.Journal.Add("resource.asked", $"{resource} of role {Role(http)} {meaning}.", Role(http).Value, resource.Value);
        return $"{resource} of role {Role(http)} {meaning}.";
    }

    private IReadOnlyList<RoleSummary> Roles()
    {
        var (view, seen) = Runtime.Operations.Situation();
        return StatusReport.Roles(Runtime, view, seen);
    }

    private RoleDetail Detail(RoleName role)
    {
        var (view, seen) = Runtime.Operations.Situation();
        var summary = StatusReport.Role(Runtime, view, seen, role);
        var placement = view.Placements.TryGetValue(role, out var placed) ? placed.Value : null;
        var measured = view.Statuses.TryGetValue(role, out var status) && status.Value.Epoch == placement?.Epoch && status.Value.Takeovers is [var last, ..] && last.To == placement.Owner ? last.Whole : null;
        return new RoleDetail(summary, DeclarationWriter.Write(view.Roles[role].Value), placement?.History ?? [], measured?.TotalSeconds, view.Roles[role].Value.Deleting);
    }

    private RoleExplain Explain(RoleName role)
    {
        var (view, seen) = Runtime.Operations.Situation();
        var summary = StatusReport.Role(Runtime, view, seen, role);
        var explained = Planner.Explain(view, seen, role);
        ImmutableArray<string> evidence = [.. (explained.WhyHere?.Evidence ?? []).Concat(explained.Waiting?.Evidence ?? []).Concat(explained.Next?.Evidence ?? [])];
        var why = string.Join(' ', new[] { explained.Summary, explained.WhyHere?.Sentence, explained.Waiting?.Sentence, explained.Next?.Sentence }.OfType<string>().Distinct());
        return new RoleExplain(summary, why, evidence, explained.Candidates, explained.WouldChange, explained.History);
    }

    private IReadOnlyList<Standby> Standbys(RoleName role)
    {
        var (view, seen) = Runtime.Operations.Situation();
        _ = StatusReport.Role(Runtime, view, seen, role);
        if (view.Roles[role].Value.Mode == RoleMode.Everywhere) return []; // It runs on the others already.
        var owner = view.Placements.TryGetValue(role, out var placement) && !placement.Value.IsFree ? placement.Value.Owner : null;
        var next = WhatIf.NextOwner(view, seen, role);
        return
        [
            .. Planner.Candidates(view, seen, role).Where(candidate => candidate.Node != owner)
                .Select(candidate => (candidate, told: TakeoverForecast.OfLoss(view, role, candidate.Node).Expected))
                .Select(c => new Standby(c.candidate.Node.Value, owner?.Value, c.candidate.Node == next, c.candidate.Eligible ? c.told?.TotalMilliseconds : null, c.candidate.Reason)),
        ];
    }

    private async Task EventsAsync(HttpContext http)
    {
        var limit = int.TryParse(http.Request.Query["limit"], out var asked) ? Math.Clamp(asked, 1, 2000) : 100;
        var (role, node) = ((string?)http.Request.Query["role"], (string?)http.Request.Query["node"]);
        bool Wanted(ClusterEvent item) => (role is null || item.Role == role || item.Role?.StartsWith($"{role}@", StringComparison.Ordinal) == true) && (node is null || item.Node == node);
        if (http.Request.Query["follow"] == "true")
        {
            await StreamAsync(http, ApiJson.Default.ClusterEvent, host.Journal.FollowAsync(http.RequestAborted).Where(Wanted));
            return;
        }

        await AnswerAsync(http, ApiJson.Default.IReadOnlyListClusterEvent, async () =>
        {
            var others = host.Runtime?.Peers is { } peers ? await peers.EventsAsync(limit, http.RequestAborted) : [];
            return [.. host.Journal.Last(limit).Concat(others).Where(Wanted).OrderBy(item => item.At).TakeLast(limit)];
        });
    }
}
