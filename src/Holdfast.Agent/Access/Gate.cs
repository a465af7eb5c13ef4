using System.Collections.Immutable;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Agent.Access;

/// <summary>
/// Stands before every request: who it is by what the transport proves, whether they may, and what they did. Nodes and root on a node may do
/// everything; anybody else what was granted.
/// </summary>
internal sealed class Gate(AgentHost host, TimeProvider time)
{
    private const string Joining = "/v1/peer/join";
    private const string Authority = "/v1/peer/authority";
    private const string Standing = "/v1/peer/standing";
    private const string BetweenNodes = "/v1/peer";

    /// <summary>Lets a request of the local socket pass, or refuses it.</summary>
    public Task LocalAsync(HttpContext http, RequestDelegate next) => PassAsync(http, next, OnSocket(http, http.Features.Get<IConnectionSocketFeature>()!.Socket));

    /// <summary>Lets a request of the network pass, or refuses it.</summary>
    public async Task RemoteAsync(HttpContext http, RequestDelegate next)
    {
        var path = http.Request.Path;
        var certificate = http.Connection.ClientCertificate;
        // A node that was away too long asks for its standing with a certificate that counts no more.
        if (path.StartsWithSegments(Joining) || path.StartsWithSegments(Authority) || (certificate is not null && path == Standing))
        {
            await next(http);
        }
        else if (NodeOf(View, certificate) is { } node)
        {
            await PassAsync(http, next, new Caller($"node {node}", Address(http), AccessLevel.Admin, []));
        }
        else if (certificate is not null && !path.StartsWithSegments(BetweenNodes) && View is { } view && GrantOf(view, certificate, time.GetUtcNow()) is { } grant)
        {
            await PassAsync(http, next, new Caller($"certificate {grant.Label ?? grant.Subject}", Address(http), grant.Level, [grant.Subject]));
        }
        else
        {
            await NodeApi.ProblemAsync(http, new HoldfastException(ErrorKind.Forbidden, "node.not-trusted", "Only nodes of this cluster, and certificates that access was granted to, may ask this.", "Join the machine, ask a node's local socket, or have 'holdfast access certificate' make a certificate."));
        }
    }

    /// <summary>Whether the handshake of a certificate that is not of our authority goes on: only when access was granted to exactly it.</summary>
    public bool IsKnown(X509Certificate shown)
    {
        using var certificate = new X509Certificate2(shown);
        return View is { } view && GrantOf(view, certificate, time.GetUtcNow()) is not null;
    }

    /// <summary>A node is who its record says: the name in the certificate, with exactly that certificate, or the one that it is replacing now.</summary>
    public static NodeName? NodeOf(ClusterView? view, X509Certificate2? certificate)
    {
        if (view is null || certificate is null || certificate.GetNameInfo(X509NameType.SimpleName, false) is not { } name || !EntityName.IsValid(name)) return null;
        if (!view.Nodes.TryGetValue(new NodeName(name), out var node) || node.Value.Intent == NodeIntent.Evicted) return null;
        return node.Value.IsCertificate(certificate.GetCertHashString(HashAlgorithmName.SHA256)) ? node.Value.Name : null;
    }

    private ClusterView? View => host.Runtime?.Feed.Current?.View;

    /// <summary>A person's certificate is pinned, so its issuer does not matter; its term does.</summary>
    private static AccessGrant? GrantOf(ClusterView view, X509Certificate2 certificate, DateTimeOffset now) =>
        certificate.NotBefore <= now && now <= certificate.NotAfter ? view.Access.Find("certificate:" + certificate.GetCertHashString(HashAlgorithmName.SHA256)) : null;

    private static string Address(HttpContext http) => http.Connection.RemoteIpAddress?.ToString() ?? "unknown";

    private Caller OnSocket(HttpContext http, Socket socket)
    {
        var peer = PeerCredentials.Of(socket);
        var name = PeerCredentials.NameOfUser(peer.UserId) ?? $"{peer.UserId}";
        var from = $"socket of {(host.Runtime is { } runtime ? $"node {runtime.Node}" : "this machine")}, process {peer.ProcessId}";
        if (peer.UserId == 0 || peer.UserId == PeerCredentials.Own) return OnBehalf(http) ?? new Caller($"user {name}", from, AccessLevel.Admin, []);
        ImmutableArray<string> subjects = [$"user:{name}", .. peer.Groups.Distinct().Select(PeerCredentials.NameOfGroup).OfType<string>().Select(group => $"group:{group}")];
        return new Caller($"user {name}", from, View?.Access.LevelOf(subjects) ?? AccessLevel.None, subjects);
    }

    /// <summary>
    /// Whom the management service asks for: it has proven who they are and what they may. Only root's and the agent's own processes are believed,
    /// who may do everything themselves.
    /// </summary>
    private static Caller? OnBehalf(HttpContext http)
    {
        if (http.Request.Headers[CallerText.Header] is not [{ } text]) return null;
        // What cannot be read may do nothing: to take it for root would be the worst answer.
        return CallerText.Read(text) ?? new Caller("somebody unknown", "the management service", AccessLevel.None, []);
    }

    private async Task PassAsync(HttpContext http, RequestDelegate next, Caller caller)
    {
        var route = (http.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
        var needed = AccessRules.Needed(http.Request.Method, route);
        if (caller.Level < needed)
        {
            var has = caller.Level == AccessLevel.None ? "has no access" : $"is {Word(caller.Level)}";
            var subject = caller.Subjects is [var first, ..] ? first : "SUBJECT";
            host.Journal.Add("access.denied", $"{caller.Who} from {caller.From} was refused {http.Request.Method} {http.Request.Path}: it needs {Word(needed)}.");
            await NodeApi.ProblemAsync(http, new HoldfastException(ErrorKind.Forbidden, "access.denied", $"This needs {Word(needed)}, and {caller.Who} {has}.", $"Root on a node can grant it: holdfast access grant {subject} {Word(needed)}"));
            return;
        }

        http.Features.Set(caller);
        // What nodes say to each other follows from what somebody asked of one of them, which is on record there.
        if (needed == AccessLevel.Viewer || http.Request.Path.StartsWithSegments(BetweenNodes) || !AccessRules.IsRecorded(route, http.Request.Query["dryRun"] == "true")) await next(http);
        else await new AuditTrail(host, time).FollowAsync(http, next, caller);
    }

    private static string Word(AccessLevel level) => level.ToString().ToLowerInvariant();
}
