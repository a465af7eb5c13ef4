using System.Net;
using Holdfast.Agent.Access;
using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Peers;
using Holdfast.Agent.Tracing;
using Holdfast.Cluster;
using Microsoft.AspNetCore.Http;

namespace Holdfast.Agent.Doors;

/// <summary>What a node says of a request that it passes on.</summary>
/// <param name="Address">Where it came from.</param>
/// <param name="Caller">Who it is from, as <see cref="CallerText"/>; null when the service has to find out.</param>
/// <param name="Secure">Whether it came over TLS.</param>
internal sealed record Said(string Address, string? Caller, bool Secure = true);

/// <summary>Passes a request on to the management service and its answer back, both as they come, without keeping either.</summary>
internal sealed class Forwarder : IDisposable
{
    /// <summary>The address that a request came from; who it is from, if that is proven, is in <see cref="CallerText.Header"/>. From outside nobody can say either.</summary>
    public const string AddressHeader = "Holdfast-Address";

    /// <summary>Whether it came over TLS: https or http.</summary>
    public const string SchemeHeader = "Holdfast-Scheme";

    /// <summary>The path between nodes.</summary>
    public const string PeerPrefix = "/v1/peer/management";

    private static readonly TimeSpan ConnectLimit = TimeSpan.FromMilliseconds(500);

    // RFC 9110 section 7.6.1: they belong to one connection. So does Host here: the other node's certificate is compared with it.
    private static readonly HashSet<string> HopByHop = new(["Host", "Connection", "Keep-Alive", "Proxy-Connection", "TE", "Trailer", "Transfer-Encoding", "Upgrade"], StringComparer.OrdinalIgnoreCase);

    private readonly HttpMessageInvoker _here;
    private readonly HttpMessageInvoker? _peers;

    public Forwarder(NodeRuntime runtime, AgentOptions options)
    {
        _here = new HttpMessageInvoker(new TracedHandler(Plain(UnixHttp.HandlerFor(ManagementRole.SocketIn(options.RunDirectory))), "pass on here"));
        _peers = runtime.Keys is { } keys ? new HttpMessageInvoker(new TracedHandler(Plain(PeerClient.HandlerFor(keys, ConnectLimit)), "pass on to owner")) : null;
    }

    /// <summary>Passes on what another node's forwarder passed on to this one, with what that one says of who asks.</summary>
    public Task FromPeerAsync(HttpContext http, string path) => PassAsync(http, _here, Here(http, path), null);

    /// <summary>Passes a request on to wherever the service is.</summary>
    /// <param name="said">What this node says of it, in headers that the request itself cannot bring.</param>
    public Task PassAsync(HttpContext http, ManagementPlace place, string path, Said said) => place switch
    {
        ManagementPlace.Here => PassAsync(http, _here, Here(http, path), said),
        ManagementPlace.There(var node) when _peers is not null =>
            PassAsync(http, _peers, new Uri($"https://{DoorAddress.HostOf(node.Address)}:{node.ApiPort}{PeerPrefix}{path}{http.Request.QueryString}"), said),
        ManagementPlace.Nowhere(var reason) => AwayAsync(http, reason),
        _ => AwayAsync(http, "This node does not speak to others."),
    };

    /// <inheritdoc/>
    public void Dispose()
    {
        _here.Dispose();
        _peers?.Dispose();
    }

    private static SocketsHttpHandler Plain(SocketsHttpHandler handler)
    {
        (handler.AllowAutoRedirect, handler.UseCookies, handler.UseProxy, handler.AutomaticDecompression) = (false, false, false, DecompressionMethods.None);
        (handler.ConnectTimeout, handler.ActivityHeadersPropagator) = (ConnectLimit, null);
        return handler;
    }

    private static Uri Here(HttpContext http, string path) => new($"http://management{path}{http.Request.QueryString}");

    private static async Task PassAsync(HttpContext http, HttpMessageInvoker client, Uri target, Said? said)
    {
        using var request = new HttpRequestMessage(new HttpMethod(http.Request.Method), target);
        if (http.Request.ContentLength is > 0 || http.Request.Headers.ContainsKey("Transfer-Encoding")) request.Content = new StreamContent(http.Request.Body);
        foreach (var (name, values) in http.Request.Headers)
        {
            if (HopByHop.Contains(name) || name.StartsWith(':') || (said is not null && IsOurs(name))) continue;
            if (!request.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values)) request.Content?.Headers.TryAddWithoutValidation(name, (IEnumerable<string?>)values);
        }

        if (said?.Caller is { } caller) request.Headers.TryAddWithoutValidation(CallerText.Header, caller);
        if (said is not null)
        {
            request.Headers.TryAddWithoutValidation(AddressHeader, said.Address);
            request.Headers.TryAddWithoutValidation(SchemeHeader, said.Secure ? "https" : "http");
        }

        HttpResponseMessage answer;
        try
        {
            answer = await client.SendAsync(request, http.RequestAborted);
        }
        catch (Exception exception) when (exception is HttpRequestException or OperationCanceledException or IOException)
        {
            if (!http.RequestAborted.IsCancellationRequested) await AwayAsync(http, "The management service does not answer yet: it is being started, or goes over to another node.");
            return;
        }

        using (answer)
        {
            http.Response.StatusCode = (int)answer.StatusCode;
            foreach (var (name, values) in answer.Headers.NonValidated.Concat(answer.Content.Headers.NonValidated))
            {
                if (!HopByHop.Contains(name)) http.Response.Headers[name] = values.ToArray();
            }

            try
            {
                await Copying.AtOnceAsync(await answer.Content.ReadAsStreamAsync(http.RequestAborted), http.Response.Body, http.RequestAborted);
            }
            catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
            {
                http.Abort(); // Half an answer must not look like a whole one.
            }
        }
    }

    private static bool IsOurs(string header) => header.Equals(CallerText.Header, StringComparison.OrdinalIgnoreCase) || header.Equals(AddressHeader, StringComparison.OrdinalIgnoreCase) || header.Equals(SchemeHeader, StringComparison.OrdinalIgnoreCase);

    // Whoever opens the console at that moment is looking at a page that tries again by itself.
    private static Task PageAsync(HttpContext http, string reason)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.Append("Refresh", "1");
        return http.Response.WriteAsync($"<!doctype html><html lang=\"en\"><title>Holdfast</title><body style=\"font-family: sans-serif; margin: 4rem\"><p role=\"status\">{WebUtility.HtmlEncode(reason)} This page tries again by itself.</p></body></html>\n", http.RequestAborted);
    }

    private static Task AwayAsync(HttpContext http, string reason)
    {
        http.Response.Headers.RetryAfter = "1";
        if (HttpMethods.IsGet(http.Request.Method) && http.Request.Headers.Accept.ToString().Contains("text/html", StringComparison.Ordinal)) return PageAsync(http, reason);
        return NodeApi.ProblemAsync(http, new HoldfastException(ErrorKind.Unavailable, "management.away", reason, "Try again in a moment; 'holdfast role explain management' says where it is and why."));
    }
}
