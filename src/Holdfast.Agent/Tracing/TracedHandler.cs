using System.Diagnostics;

namespace Holdfast.Agent.Tracing;

/// <summary>A client's requests as spans below the present one, which they carry to the other side (W3C Trace Context).</summary>
/// <param name="inner">What sends them.</param>
/// <param name="name">What such a request is, such as <c>ask agent</c>.</param>
public sealed class TracedHandler(HttpMessageHandler inner, string name) : DelegatingHandler(inner)
{
    internal const string ParentHeader = "traceparent";
    internal const string StateHeader = "tracestate";

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var span = Traces.Child(name, ActivityKind.Client);
        if (span is null) return await base.SendAsync(request, cancellationToken); // What is passed on keeps the header that it came with.
        request.Headers.Remove(ParentHeader);
        request.Headers.TryAddWithoutValidation(ParentHeader, span.Id);
        span.SetTag("http.request.method", request.Method.Method).SetTag("url.path", request.RequestUri?.AbsolutePath).SetTag("server.address", request.RequestUri?.Host);
        try
        {
            var answer = await base.SendAsync(request, cancellationToken);
            span.SetTag("http.response.status_code", (int)answer.StatusCode);
            if ((int)answer.StatusCode >= 500) span.Fail($"It answered {(int)answer.StatusCode}.");
            return answer;
        }
        catch (Exception exception)
        {
            span.Fail(exception.Message);
            throw;
        }
    }
}
