using Holdfast.Agent.Hosting;
using Holdfast.Agent.Operations;
using Holdfast.Cluster.Naming;
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
        app.MapGet("/v1/doctor", http => AnswerAsync(http, ApiJson.Default.DoctorReport, () => host.Examination.OfClusterAsync(http.RequestAborted)));
        app.MapGet("/v1/nodes/{node}/reboot", http => AnswerAsync(http, ApiJson.Default.RebootAnswer, () =>
        {
            var (view, seen) = host.RequireRuntime().Operations.Situation();
            return Task.FromResult(Outlooks.Reboot(view, seen, new NodeName(Part(http, "node"))));
        }));
    }
}
