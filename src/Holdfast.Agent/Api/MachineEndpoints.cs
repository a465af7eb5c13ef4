using Holdfast.Agent.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Holdfast.Agent.Api.NodeApi;

namespace Holdfast.Agent.Api;

/// <summary>What is asked of this machine alone, over its local socket: who it is, and to found or join a cluster.</summary>
internal sealed class MachineEndpoints(AgentHost host)
{
    /// <summary>Maps the endpoints.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/agent", http => AnswerAsync(http, ApiJson.Default.AgentInfo, () => Task.FromResult(host.Describe())));
        app.MapPost("/v1/cluster", http => ProgressAsync(http, async tell => await host.FoundAsync(await BodyAsync(http, ApiJson.Default.CreateClusterRequest), tell, http.RequestAborted)));
        app.MapPost("/v1/recover", http => ProgressAsync(http, async tell => await host.RecoverAsync(tell, () => EndAfter(http), http.RequestAborted)));
        app.MapPost("/v1/move-store", http => ProgressAsync(http, async tell => await host.MoveStoreAsync(await BodyAsync(http, ApiJson.Default.MoveStoreRequest), tell, () => EndAfter(http), http.RequestAborted)));
        app.MapPost("/v1/join", http => ProgressAsync(http, async tell => await host.JoinAsync(await BodyAsync(http, ApiJson.Default.JoinRequest), tell, http.RequestAborted)));
    }

    /// <summary>Ends this agent once the answer is out: what it is made of is another now.</summary>
    private void EndAfter(HttpContext http) => http.Response.OnCompleted(() =>
    {
        host.End();
        return Task.CompletedTask;
    });
}
