using System.Net;
using Holdfast.Management.Tests.Tracing.Otlp;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Holdfast.Management.Tests.Tracing;

/// <summary>What spans are sent to: takes OTLP over HTTP apart, and nothing else.</summary>
internal sealed class TraceReceiver : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);
    private readonly WebApplication _app;
    private readonly Lock _gate = new();
    private readonly List<SeenSpan> _spans = [];
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TraceReceiver(WebApplication app) => _app = app;

    /// <summary>Gets what <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> is to be.</summary>
    public string Address => _app.Urls.Single();

    /// <summary>Gets what arrived so far.</summary>
    public IReadOnlyList<SeenSpan> Spans
    {
        get
        {
            lock (_gate) return [.. _spans];
        }
    }

    public static async Task<TraceReceiver> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http1));
        var receiver = new TraceReceiver(builder.Build());
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync();
        return receiver;
    }

    /// <summary>Waits until a span has arrived.</summary>
    public async Task<SeenSpan> WaitForAsync(Func<SeenSpan, bool> wanted)
    {
        using var limit = new CancellationTokenSource(Limit, TimeProvider.System);
        while (true)
        {
            Task more;
            lock (_gate)
            {
                if (_spans.FirstOrDefault(wanted) is { } found) return found;
                more = _more.Task;
            }

            await more.WaitAsync(limit.Token);
        }
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        if (http.Request is not { Method: "POST", Path.Value: "/v1/traces", ContentType: "application/x-protobuf" })
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        using var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body, http.RequestAborted);
        var request = ExportTraceServiceRequest.Parser.ParseFrom(body.ToArray());
        lock (_gate)
        {
            _spans.AddRange(request.ResourceSpans.SelectMany(source => source.ScopeSpans.SelectMany(scope => scope.Spans).Select(span => SeenSpan.Of(source, span))));
            _more.TrySetResult();
            _more = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
