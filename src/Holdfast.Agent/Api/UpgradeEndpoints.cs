using Holdfast.Agent.Hosting;
using Holdfast.Agent.Upgrades;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Holdfast.Agent.Api.NodeApi;

namespace Holdfast.Agent.Api;

/// <summary>Changes of the whole cluster that go from node to node.</summary>
internal sealed class UpgradeEndpoints(AgentHost host, TimeProvider time)
{
    private readonly Fleet _fleet = new(host, time);

    private ClusterUpgrade Upgrade => new(host, _fleet, time);

    /// <summary>Maps what people ask.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/upgrade", http => AnswerAsync(http, ApiJson.Default.UpgradeStatus, () => Upgrade.StatusAsync(http.RequestAborted)));
        app.MapPost("/v1/upgrade", http => ProgressAsync(http, async tell =>
        {
            var only = (string?)http.Request.Query["node"] is { Length: > 0 } node ? new NodeName(node) : (NodeName?)null;
            var result = await Upgrade.RunAsync(only, http.Request.Query["finish"] == "true", tell, http.RequestAborted);
            if (result is null) RestartAfter(http);
            return result;
        }));
        app.MapPost("/v1/profile/{profile}", http => ProgressAsync(http, async tell => await new ProfileChange(host, _fleet, time).RunAsync(Part(http, "profile"), tell, http.RequestAborted)));
    }

    /// <summary>Maps what nodes ask of each other.</summary>
    public void MapBetweenNodes(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/peer/build", http => AnswerAsync(http, PeerJson.Default.NodeBuildAnswer, () => Task.FromResult(_fleet.BuildHere())));
        app.MapGet("/v1/peer/timing", http => AnswerAsync(http, PeerJson.Default.IReadOnlyListString, () => new ProfileChange(host, _fleet, time).MisfitsHereAsync((string?)http.Request.Query["profile"] ?? "", http.RequestAborted)));
        app.MapPost("/v1/peer/store-profile/{profile}", http => DoneAsync(http, async () =>
        {
            await host.RequireRuntime().UseStoreProfileAsync(TimingProfile.Find(Part(http, "profile")), http.RequestAborted);
            return "Its member of etcd has that timing.";
        }));
        app.MapPost("/v1/peer/restart", http => DoneAsync(http, () =>
        {
            Upgrade.RequireEmpty();
            RestartAfter(http);
            return Task.FromResult("It restarts.");
        }));
    }

    /// <summary>Ends this node's processes once the answer is out; whoever supervises the leash starts what is installed.</summary>
    private void RestartAfter(HttpContext http)
    {
        var leash = host.RequireRuntime().Leash;
        http.Response.OnCompleted(() => leash.EndAsync(CancellationToken.None));
    }
}
