using Holdfast.Agent.Access;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Recovery;
using Holdfast.Agent.Resources.Disks;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Holdfast.Agent.Api.NodeApi;

namespace Holdfast.Agent.Api;

/// <summary>What nodes ask of each other. Everything but joining needs the certificate of a node of this cluster.</summary>
internal sealed class PeerEndpoints(AgentHost host)
{
    /// <summary>Maps the endpoints.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/peer/authority", async http =>
        {
            try
            {
                await http.Response.WriteAsync(Runtime.Admission.AuthorityPem(), http.RequestAborted);
            }
            catch (HoldfastException error)
            {
                await ProblemAsync(http, error);
            }
        });
        app.MapPost("/v1/peer/join", http => AnswerAsync(http, PeerJson.Default.PeerJoinResponse, async () =>
        {
            var request = await BodyAsync(http, PeerJson.Default.PeerJoinRequest);
            var admitted = await Runtime.Admission.AdmitAsync(request, http.RequestAborted);
            host.Journal.Add("node.joined", $"Node {request.Node} at {request.Address} joined the cluster.");
            return admitted;
        }));
        app.MapPost("/v1/peer/promote", http => DoneAsync(http, async () =>
        {
            var node = (await BodyAsync(http, PeerJson.Default.PeerPromoteRequest)).Node;
            await Runtime.Admission.PromoteAsync(new NodeName(node), http.RequestAborted);
            return $"Node {node} votes.";
        }));
        app.MapPost("/v1/peer/rejoin", http => AnswerAsync(http, PeerJson.Default.PeerRejoinResponse, async () =>
        {
            var asked = (await BodyAsync(http, PeerJson.Default.PeerPromoteRequest)).Node;
            // Only for itself: another's copy may be the one that the quorum needs.
            if (Gate.NodeOf(Runtime.Feed.Current?.View, http.Connection.ClientCertificate) is not { } node || node.Value != asked)
                throw new HoldfastException(ErrorKind.Forbidden, "node.not-itself", $"Only node {asked} itself may have its member of etcd begin anew.");
            var given = await Runtime.Admission.RejoinAsync(node, http.RequestAborted);
            host.Journal.Add("node.rejoined", $"The member of etcd of node {node} begins anew, because its copy of the store was lost or old.");
            return given;
        }));
        app.MapGet("/v1/peer/standing", http => AnswerAsync(http, PeerJson.Default.PeerStanding, () => Task.FromResult(LeftBehind.StandingOf(Runtime, (string?)http.Request.Query["node"] ?? ""))));
        app.MapGet("/v1/peer/mounts/{uuid}", http => AnswerAsync(http, PeerJson.Default.MountAnswer, () => Task.FromResult(new MountAnswer(MountTable.WhereIsMounted(Part(http, "uuid"))))));
        app.MapGet("/v1/peer/events", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListClusterEvent, () =>
            Task.FromResult(host.Journal.Last(int.TryParse(http.Request.Query["limit"], out var limit) ? Math.Clamp(limit, 1, 2000) : 100))));
        app.MapGet("/v1/peer/journal", http => AnswerAsync(http, ApiJson.Default.JournalPage, () => JournalEndpoint.ReadHereAsync(host, http)));
        app.MapPost("/v1/peer/renew", http => DoneAsync(http, () => Runtime.Certificates.RenewAsync(http.RequestAborted)));
        app.MapPost("/v1/peer/rehearse/{role}", http => AnswerAsync(http, ApiJson.Default.RehearsalAnswer, () => Runtime.Stage.RunAsync(new RoleName(Part(http, "role")), http.RequestAborted)));
        app.MapGet("/v1/peer/pulse", http => AnswerAsync(http, PeerJson.Default.Pulse, () => host.Examination.PulseAsync(http.RequestAborted)));
        app.MapGet("/v1/peer/doctor", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListFinding, () => host.Examination.OfNodeAsync(http.RequestAborted)));
        app.MapPost("/v1/peer/check", http => AnswerAsync(http, PeerJson.Default.IReadOnlyListSpecProblem, async () =>
            await Runtime.Declaring.CheckHereAsync(await TextAsync(http), http.RequestAborted)));
    }

    private NodeRuntime Runtime => host.RequireRuntime();
}
