using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Holdfast.Agent.Tracing;

/// <summary>What a server is asked, as spans below those of whoever asks.</summary>
/// <param name="server">What is asked: <c>door</c>, <c>management</c>, <c>agent</c>.</param>
/// <param name="node">The node; null while it is not known.</param>
/// <param name="begins">Whether a request that belongs to no trace begins one.</param>
internal sealed class RequestSpans(string server, Func<string?> node, bool begins = false)
{
    /// <summary>Serves a request inside its span.</summary>
    public Task ServeAsync(HttpContext http, RequestDelegate next)
    {
        if (!Traces.IsOn) return next(http);
        var parent = http.Request.Headers[TracedHandler.ParentHeader] is [{ Length: > 0 } carried] ? carried : null;
        // Streams last for hours: a span of one would say nothing, and is told only when it is over.
        return (parent is null && !begins) || IsStream(http.Request) ? AloneAsync(http, next) : FollowAsync(http, next, parent);
    }

    // Nothing below belongs to a trace either, whatever the web server thinks.
    private static async Task AloneAsync(HttpContext http, RequestDelegate next)
    {
        Activity.Current = null;
        await next(http);
    }

    private async Task FollowAsync(HttpContext http, RequestDelegate next, string? parent)
    {
        using var span = Traces.Begin($"{server} {http.Request.Method}", ActivityKind.Server, parent);
        span?.SetTag("http.request.method", http.Request.Method).SetTag("url.path", http.Request.Path.Value).SetTag("holdfast.node", node());
        try
        {
            await next(http);
        }
        catch (Exception exception)
        {
            span?.Fail(exception.Message);
            throw;
        }

        if (span is null) return;
        if (http.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } route })
        {
            span.DisplayName = $"{server} {http.Request.Method} {route}";
            span.SetTag("http.route", route);
        }

        span.SetTag("http.response.status_code", http.Response.StatusCode);
        if (http.Response.StatusCode >= 500) span.Fail($"It was answered with {http.Response.StatusCode}.");
    }

    private static bool IsStream(HttpRequest request) => request.Path.Value is { } path && (path.EndsWith("/stream", StringComparison.Ordinal) || path.EndsWith("/watch", StringComparison.Ordinal)) || request.Query["follow"] == "true";
}
