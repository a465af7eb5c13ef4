using System.Net.Http.Json;
using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Agent.Api;
using Holdfast.Agent.Resources;
using Holdfast.Agent.Tracing;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Peers;

/// <summary>Speaks to the other nodes' API over mutual TLS. The dead are never waited for: only nodes whose lease lives are asked, and each only briefly.</summary>
internal sealed class PeerClient : IPeers, IDisposable
{
    /// <summary>How long a node that lives is waited for on the way to a takeover.</summary>
    public static readonly TimeSpan TakeoverLimit = TimeSpan.FromMilliseconds(250);

    /// <summary>How long a node that lives is waited for when a person waits: no answer means that something goes unchecked.</summary>
    public static readonly TimeSpan InquiryLimit = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan EventsLimit = TimeSpan.FromSeconds(2);
    private readonly HttpClient _http;
    private readonly Func<FeedState?> _state;
    private readonly INodeClock _clock;
    private readonly NodeName _self;
    private readonly TimeSpan _askLimit;

    public PeerClient(NodeName self, NodeKeys keys, Func<FeedState?> state, INodeClock clock, TimeSpan askLimit)
    {
        (_self, _state, _clock, _askLimit) = (self, state, clock, askLimit);
        _http = ForNode(keys, askLimit);
    }

    /// <summary>A client that shows this node's certificate and trusts only the cluster's authority.</summary>
    public static HttpClient ForNode(NodeKeys keys, TimeSpan connectTimeout) => new(new TracedHandler(HandlerFor(keys, connectTimeout), "ask peer"));

    /// <summary>What such a client is made of.</summary>
    public static SocketsHttpHandler HandlerFor(NodeKeys keys, TimeSpan connectTimeout)
    {
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = connectTimeout, PooledConnectionIdleTimeout = TimeSpan.FromMinutes(2), PooledConnectionLifetime = TimeSpan.FromMinutes(2) }; // A renewed certificate is shown soon.
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            LocalCertificateSelectionCallback = (_, _, _, _, _) => keys.CurrentCertificate().TargetCertificate,
            CertificateChainPolicy = Policy(keys.LoadAuthority()),
        };
        return handler;
    }

    /// <summary>Trusts the cluster's authority and nothing else.</summary>
    public static X509ChainPolicy Policy(X509Certificate2 authority) => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        CustomTrustStore = { authority },
        RevocationMode = X509RevocationMode.NoCheck, // A node is revoked by its record: its fingerprint is no longer the one named there.
    };

    /// <summary>
    /// A client for the first contact with a cluster, before this node has a certificate. What the other side claims to be is
    /// asked without trust, compared with the fingerprint that the token carries, and only then trusted.
    /// </summary>
    /// <exception cref="HoldfastException">Codes <c>join.not-this-cluster</c>, <c>node.unreachable</c>.</exception>
    public static async Task<HttpClient> ForJoiningAsync(JoinToken token, CancellationToken cancellationToken)
    {
        using var curious = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        curious.SslOptions.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        using var http = new HttpClient(curious) { Timeout = TimeSpan.FromSeconds(10) };
        X509Certificate2 authority;
        try
        {
            authority = X509Certificate2.CreateFromPem(await http.GetStringAsync($"https://{token.Address}/v1/peer/authority", cancellationToken));
        }
        catch (Exception exception) when (exception is HttpRequestException or CryptographicException or TaskCanceledException && !cancellationToken.IsCancellationRequested)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "node.unreachable", $"{token.Address}, which the token names, does not answer: {exception.Message}", "Check the network and that the Holdfast agent runs there.", exception);
        }

        if (authority.GetCertHashString(HashAlgorithmName.SHA256) != token.AuthorityFingerprint)
            throw new HoldfastException(ErrorKind.Forbidden, "join.not-this-cluster", $"{token.Address} does not belong to the cluster that the token was made by.", "Make a new token with 'holdfast cluster token' on a node of the cluster.");
        var handler = new SocketsHttpHandler { UseProxy = false, ConnectTimeout = TimeSpan.FromSeconds(5) };
        handler.SslOptions.CertificateChainPolicy = Policy(authority);
        return new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <inheritdoc/>
    public async Task<(NodeName Node, string Target)?> WhoMountsAsync(string fileSystemUuid, CancellationToken cancellationToken)
    {
        var answers = await AskAllAsync($"v1/peer/mounts/{Uri.EscapeDataString(fileSystemUuid)}", PeerJson.Default.MountAnswer, _askLimit, cancellationToken);
        foreach (var (node, answer) in answers)
        {
            if (answer.Target is { } target) return (node, target);
        }

        return null;
    }

    /// <summary>The events of the other nodes that answer.</summary>
    public async Task<IEnumerable<ClusterEvent>> EventsAsync(int limit, CancellationToken cancellationToken) =>
        (await AskAllAsync($"v1/peer/events?limit={limit}", ApiJson.Default.IReadOnlyListClusterEvent, EventsLimit, cancellationToken)).SelectMany(answer => answer.Answer);

    /// <summary>Asks a node to check a declaration with its own eyes; null when it does not answer.</summary>
    public async Task<IReadOnlyList<SpecProblem>?> CheckAsync(NodeRecord node, string yaml, CancellationToken cancellationToken)
    {
        if (_state() is { } state && !IsUp(state, node.Name, _clock.Now)) return null;
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(TimeSpan.FromSeconds(10));
            using var response = await _http.PostAsync(Address(node, "v1/peer/check"), new StringContent(yaml), limit.Token);
            return response.IsSuccessStatusCode ? await response.Content.ReadFromJsonAsync(PeerJson.Default.IReadOnlyListSpecProblem, limit.Token) : null;
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    /// <summary>Has a node renew its certificate.</summary>
    /// <returns>What it did, one sentence.</returns>
    /// <exception cref="HoldfastException">Code <c>node.unreachable</c>, or the problem that it answered with.</exception>
    public async Task<string> RenewAsync(NodeRecord node, CancellationToken cancellationToken) =>
        (await SendAsync(_http, Address(node, "v1/peer/renew"), new PeerPromoteRequest(node.Name.Value), PeerJson.Default.PeerPromoteRequest, ApiJson.Default.Done, cancellationToken)).Message;

    /// <summary>Has a node without roles restart on what is installed there.</summary>
    /// <exception cref="HoldfastException">Code <c>node.unreachable</c>, or the problem that it answered with.</exception>
    public Task RestartAsync(NodeRecord node, CancellationToken cancellationToken) =>
        SendAsync(_http, Address(node, "v1/peer/restart"), new PeerPromoteRequest(node.Name.Value), PeerJson.Default.PeerPromoteRequest, ApiJson.Default.Done, cancellationToken);

    /// <summary>Has a node restart its member of etcd with another timing; answers when that member answers again.</summary>
    /// <exception cref="HoldfastException">Code <c>node.unreachable</c>, or the problem that it answered with.</exception>
    public Task UseStoreProfileAsync(NodeRecord node, string profile, CancellationToken cancellationToken) =>
        SendAsync(_http, Address(node, $"v1/peer/store-profile/{profile}"), new PeerPromoteRequest(node.Name.Value), PeerJson.Default.PeerPromoteRequest, ApiJson.Default.Done, cancellationToken);

    /// <summary>Has a node rehearse a role.</summary>
    /// <exception cref="HoldfastException">Code <c>node.unreachable</c>, or the problem that it answered with.</exception>
    public Task<RehearsalAnswer> RehearseAsync(NodeRecord node, RoleName role, CancellationToken cancellationToken) =>
        SendAsync(_http, Address(node, $"v1/peer/rehearse/{role}"), new PeerPromoteRequest(node.Name.Value), PeerJson.Default.PeerPromoteRequest, ApiJson.Default.RehearsalAnswer, cancellationToken);

    /// <summary>Has a node look at something on it.</summary>
    /// <exception cref="HoldfastException">Code <c>node.unreachable</c>, or the problem that it answered with.</exception>
    public Task<byte[]> LookAsync(NodeRecord node, LookRequest request, CancellationToken cancellationToken) => PostForBytesAsync(node, "v1/peer/look", request, ApiJson.Default.LookRequest, cancellationToken);

    /// <summary>Has a node change something about a snapshot.</summary>
    /// <exception cref="HoldfastException">Code <c>node.unreachable</c>, or the problem that it answered with.</exception>
    public Task<byte[]> ActOnSnapshotAsync(NodeRecord node, string snapshot, SnapshotActRequest request, CancellationToken cancellationToken) =>
        PostForBytesAsync(node, $"v1/peer/snapshots/{Uri.EscapeDataString(snapshot)}", request, ApiJson.Default.SnapshotActRequest, cancellationToken);

    private async Task<byte[]> PostForBytesAsync<T>(NodeRecord node, string path, T request, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = await _http.PostAsJsonAsync(Address(node, path), request, type, cancellationToken);
            return answer.IsSuccessStatusCode ? await answer.Content.ReadAsByteArrayAsync(cancellationToken) : throw await ProblemAsync(answer, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "node.unreachable", $"Node {node.Name} cannot be reached: {exception.Message}", "Check the network and that the Holdfast agent runs there.", exception);
        }
    }

    /// <summary>Asks one node, whether or not its lease lives; null when it does not answer.</summary>
    public async Task<T?> TryAskAsync<T>(NodeRecord node, string path, JsonTypeInfo<T> type, TimeSpan within, CancellationToken cancellationToken) =>
        (await AskAsync(node, path, type, within, cancellationToken)).Answer;

    /// <summary>Sends a request to the first node that answers.</summary>
    /// <exception cref="HoldfastException">The problem that the node answered with.</exception>
    public static async Task<T> SendAsync<TBody, T>(HttpClient http, Uri address, TBody body, JsonTypeInfo<TBody> bodyType, JsonTypeInfo<T> answerType, CancellationToken cancellationToken)
    {
        HttpResponseMessage response;
        try
        {
            response = await http.PostAsJsonAsync(address, body, bodyType, cancellationToken);
        }
        catch (HttpRequestException exception)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "node.unreachable", $"{address.Authority} cannot be reached: {exception.Message}", "Check the network and that the Holdfast agent runs there.", exception);
        }

        using (response)
        {
            if (!response.IsSuccessStatusCode) throw await ProblemAsync(response, cancellationToken);
            return (await response.Content.ReadFromJsonAsync(answerType, cancellationToken))!;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static async Task<HoldfastException> ProblemAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            if (await response.Content.ReadFromJsonAsync(ApiJson.Default.ApiProblem, cancellationToken) is { } problem)
                return new HoldfastException(ApiProblems.KindOf(problem.Status), problem.Code, problem.Detail, problem.Hint);
        }
        catch (JsonException)
        {
        }

        return new HoldfastException(ErrorKind.Unavailable, "node.answer", $"The node answered {(int)response.StatusCode}.", "See its log.");
    }

    private async Task<IReadOnlyList<(NodeName Node, T Answer)>> AskAllAsync<T>(string path, JsonTypeInfo<T> type, TimeSpan limit, CancellationToken cancellationToken)
    {
        if (_state() is not { } state) return [];
        var now = _clock.Now;
        var asked = state.View.Nodes.Values.Select(node => node.Value)
            .Where(node => node.Name != _self && node is { Intent: not NodeIntent.Evicted, Kind: not NodeKind.Client } && IsUp(state, node.Name, now))
            .Select(node => AskAsync(node, path, type, limit, cancellationToken)).ToList();
        var answers = await Task.WhenAll(asked);
        return [.. answers.Where(answer => answer.Answer is not null).Select(answer => (answer.Node, answer.Answer!))];
    }

    private async Task<(NodeName Node, T? Answer)> AskAsync<T>(NodeRecord node, string path, JsonTypeInfo<T> type, TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(within);
            return (node.Name, await _http.GetFromJsonAsync(Address(node, path), type, limit.Token));
        }
        catch (Exception exception) when (exception is HttpRequestException or JsonException or OperationCanceledException && !cancellationToken.IsCancellationRequested)
        {
            return (node.Name, default);
        }
    }

    private static bool IsUp(FeedState state, NodeName node, ClockReading now) =>
        state.View.Leases.TryGetValue(node, out var lease) && lease.Value.State == LeaseState.Live
        && state.Sightings.TryGetValue(node, out var seen) && now.ObservedSince(seen.FirstSeen) < lease.Value.Duration;

    private static Uri Address(NodeRecord node, string path) => new UriBuilder("https", node.Address, node.ApiPort, path.Split('?')[0]) { Query = path.Contains('?') ? path.Split('?')[1] : "" }.Uri;
}
