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
        app.MapPost("/v1/recover", http => RenewedAsync(http, tell => host.RecoverAsync(tell, http.RequestAborted)));
        app.MapPost("/v1/join", http => ProgressAsync(http, async tell => await host.JoinAsync(await BodyAsync(http, ApiJson.Default.JoinRequest), tell, http.RequestAborted)));
    }

    /// <summary>Runs a long operation after which this agent ends: what it is made of is another.</summary>
    private Task RenewedAsync(HttpContext http, Func<Func<string, Task>, Task<string>> act) => ProgressAsync(http, async tell =>
    {
        var result = await act(tell);
        http.Response.OnCompleted(() =>
        {
            host.End();
            return Task.CompletedTask;
        });
        return result;
    });
}
