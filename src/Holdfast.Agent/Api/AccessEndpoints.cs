using Holdfast.Agent.Access;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Naming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using static Holdfast.Agent.Api.NodeApi;

namespace Holdfast.Agent.Api;

/// <summary>Who may do what, and who did.</summary>
internal sealed class AccessEndpoints(AgentHost host)
{
    private const int MostEntries = AuditTrail.Kept;

    /// <summary>Maps the endpoints.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/access", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListGrantInfo, () => Task.FromResult<IReadOnlyList<GrantInfo>>(
            [.. Runtime.Operations.Situation().View.Access.Grants.Select(grant => new GrantInfo(grant.Subject, grant.Level, grant.Label))])));
        app.MapPost("/v1/access", http => DoneAsync(http, async () =>
        {
            var asked = await BodyAsync(http, ApiJson.Default.GrantRequest);
            await Runtime.Operations.UpdateAccessAsync(record => record.With(new AccessGrant(asked.Subject, asked.Level, asked.Label)), http.RequestAborted);
            return $"{asked.Subject} is {asked.Level.ToString().ToLowerInvariant()} now, on every node.";
        }));
        app.MapDelete("/v1/access/{subject}", http => DoneAsync(http, async () =>
        {
            var subject = Part(http, "subject");
            await Runtime.Operations.UpdateAccessAsync(record => record.Without(subject), http.RequestAborted);
            return $"Nothing is granted to {subject} any more.";
        }));
        app.MapPost("/v1/nodes/{node}/revoke", http => DoneAsync(http, () => Runtime.Admission.RevokeNodeAsync(new NodeName(Part(http, "node")), http.RequestAborted)));
        app.MapPost("/v1/nodes/{node}/renew-certificate", http => DoneAsync(http, async () =>
        {
            var node = Runtime.Operations.FindNode(new NodeName(Part(http, "node"))).Value;
            return node.Name == Runtime.Node || Runtime.Peers is not { } peers ? await Runtime.Certificates.RenewAsync(http.RequestAborted) : await peers.RenewAsync(node, http.RequestAborted);
        }));
        app.MapGet("/v1/audit", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListAuditEntry, async () =>
        {
            var limit = int.TryParse(http.Request.Query["limit"], out var asked) ? Math.Clamp(asked, 1, MostEntries) : 50;
            return [.. (await AuditTrail.LastAsync(Runtime, limit, http.RequestAborted)).Select(record => new AuditEntry(record.At, record.Who, record.From, record.Node, record.What, record.Outcome))];
        }));
    }

    private NodeRuntime Runtime => host.RequireRuntime();
}
