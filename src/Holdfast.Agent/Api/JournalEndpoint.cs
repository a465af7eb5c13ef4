using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Holdfast.Agent.Api.NodeApi;

namespace Holdfast.Agent.Api;

/// <summary>The journal of any node, from any node: what the collector of the management service asks.</summary>
internal sealed class JournalEndpoint(AgentHost host)
{
    private const int UsualEntries = 500;
    private const int MostEntries = 1000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    /// <summary>Maps the endpoint.</summary>
    public void Map(IEndpointRouteBuilder app) => app.MapGet("/v1/journal", http => AnswerAsync(http, ApiJson.Default.JournalPage, () => ReadAsync(http)));

    /// <summary>Answers from this node's journal.</summary>
    /// <exception cref="HoldfastException">Codes <c>request.invalid</c>, <c>journal.unreadable</c>.</exception>
    public static Task<JournalPage> ReadHereAsync(AgentHost host, HttpContext http)
    {
        var text = (string?)http.Request.Query["after"];
        var after = JournalPosition.TryParse(text);
        if (after is null && !string.IsNullOrEmpty(text)) throw new HoldfastException(ErrorKind.Invalid, "request.invalid", $"after: '{text}' is no position in a journal (ID.NUMBER).", "Leave it out for all that there is.");
        return host.Journal.ReadAsync(after, int.TryParse(http.Request.Query["limit"], out var limit) ? Math.Clamp(limit, 1, MostEntries) : UsualEntries, http.RequestAborted);
    }

    private async Task<JournalPage> ReadAsync(HttpContext http)
    {
        var runtime = host.RequireRuntime();
        var node = (string?)http.Request.Query["node"] is { Length: > 0 } name ? new NodeName(name) : runtime.Node;
        if (node == runtime.Node) return await ReadHereAsync(host, http);
        var record = runtime.Operations.FindNode(node).Value;
        return runtime.Peers is { } peers && await peers.TryAskAsync(record, $"v1/peer/journal{http.Request.QueryString}", ApiJson.Default.JournalPage, Limit, http.RequestAborted) is { } page ? page
            : throw new HoldfastException(ErrorKind.Unavailable, "node.unreachable", $"Node {node} does not answer.", "What it recorded stays in its journal until it does.");
    }
}
