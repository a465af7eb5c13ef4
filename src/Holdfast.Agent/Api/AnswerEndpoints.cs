using Holdfast.Agent.Hosting;
using Holdfast.Agent.Operations;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using static Holdfast.Agent.Api.NodeApi;

namespace Holdfast.Agent.Api;

/// <summary>Questions about what would happen: the planner's own answers, from a state that is not there.</summary>
internal sealed class AnswerEndpoints(AgentHost host)
{
    /// <summary>Maps the endpoints.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/what-if", http => AnswerAsync(http, ApiJson.Default.WhatIfAnswer, () =>
        {
            var (view, seen) = host.RequireRuntime().Operations.Situation();
            return Task.FromResult(Outlooks.Lost(view, seen, ((string?)http.Request.Query["down"] ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)));
        }));
        app.MapGet("/v1/failures", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListFailureOutlook, () =>
        {
            var (view, seen) = host.RequireRuntime().Operations.Situation();
            return Task.FromResult(Outlooks.Failures(view, seen));
        }));
        app.MapPost("/v1/roles/{role}/rehearse", http => AnswerAsync(http, ApiJson.Default.RehearsalAnswer, () => RehearseAsync(new RoleName(Part(http, "role")), http.Request.Query["on"], http.RequestAborted)));
        app.MapGet("/v1/doctor", http => AnswerAsync(http, ApiJson.Default.DoctorReport, () => host.Examination.OfClusterAsync(http.RequestAborted)));
        app.MapGet("/v1/nodes/{node}/reboot", http => AnswerAsync(http, ApiJson.Default.RebootAnswer, () =>
        {
            var (view, seen) = host.RequireRuntime().Operations.Situation();
            return Task.FromResult(Outlooks.Reboot(view, seen, new NodeName(Part(http, "node"))));
        }));
    }

    private async Task<RehearsalAnswer> RehearseAsync(RoleName role, string? on, CancellationToken cancellationToken)
    {
        var runtime = host.RequireRuntime();
        var (view, seen) = runtime.Operations.Situation();
        _ = StatusReport.Role(runtime, view, seen, role);
        var name = string.IsNullOrEmpty(on) ? WhatIf.NextOwner(view, seen, role) : new NodeName(on);
        if (name is not { } node) throw new HoldfastException(ErrorKind.Conflict, "rehearsal.nowhere", $"Nobody stands by for {role}.", $"'holdfast role standby {role}' shows why; name a node with --on.");
        var record = runtime.Operations.FindNode(node).Value;
        var answer = node == runtime.Node || runtime.Peers is not { } peers ? await runtime.Stage.RunAsync(role, cancellationToken) : await peers.RehearseAsync(record, role, cancellationToken);
        host.Journal.Add("role.rehearsed", $"Role {role} was rehearsed on {node}: {(answer.Passed ? answer.Whole ? "everything" : "what could be rehearsed" : "not everything")} came online, in {answer.StartMs:0} ms.", role.Value);
        return answer;
    }
}
