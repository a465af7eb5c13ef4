using System.Net;
using System.Net.Security;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Tracing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace Holdfast.Agent.Doors;

/// <summary>
/// What this node shows to people and programs: it passes everything on to the node that owns the management service, so that nobody needs to know which
/// one that is. By itself it answers only what a load balancer asks.
/// </summary>
internal sealed class Door(NodeRuntime runtime, AgentOptions options, Func<WebApplicationBuilder> builder, TimeProvider time, Events.EventJournal journal)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);

    /// <summary>Serves until cancelled; where its port is taken, it says so and tries again.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (options.Listen == AgentOptions.NotListening) return;
        using var forwarder = new Forwarder(runtime, options);
        var said = false;
        while (true)
        {
            try
            {
                await using var app = Build(forwarder);
                await app.StartAsync(cancellationToken);
                await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
            }
            catch (IOException taken)
            {
                if (!said) journal.Add("door.closed", $"The console cannot be reached at this node: {taken.Message}");
                said = true;
                await Task.Delay(Pause, time, cancellationToken);
            }
        }
    }

    private WebApplication Build(Forwarder forwarder)
    {
        var web = builder();
        web.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Limits.MaxRequestBodySize = 16 << 20;
            if (options.Listen is { } text) Listen(kestrel, IPEndPoint.Parse(text));
            else if (runtime.Keys is null) kestrel.Listen(IPAddress.Loopback, DoorAddress.DefaultPort); // A cluster of one machine has no authority that could vouch for it to others.
            else kestrel.ListenAnyIP(DoorAddress.DefaultPort, Secure);
        });
        var app = web.Build();
        // Pages and files of the console begin no trace: there would be nothing in it.
        var spans = new RequestSpans("door", () => runtime.Node.Value, begins: true);
        app.Use((http, next) => http.Request.Path.StartsWithSegments("/api") ? spans.ServeAsync(http, next) : next(http));
        app.Run(http => http.Request.Path.Value switch
        {
            "/health" => HealthAsync(http, runtime.Feed.Trouble is null, runtime.Feed.Trouble ?? "This node has its store."),
            "/health/leader" => HealthAsync(http, Where() is ManagementPlace.Here, Where() is ManagementPlace.Here ? "This node owns the management service." : "Another node owns the management service, or none."),
            _ => forwarder.PassAsync(http, Where(), http.Request.Path.Value ?? "/", new Said(http.Connection.RemoteIpAddress?.ToString() ?? "unknown", null, http.Request.IsHttps)),
        });
        return app;
    }

    private ManagementPlace Where() => ManagementRole.Where(runtime.Feed.Current?.View, runtime.Node);

    private void Listen(KestrelServerOptions kestrel, IPEndPoint place)
    {
        if (IPAddress.IsLoopback(place.Address)) kestrel.Listen(place);
        else kestrel.Listen(place, Secure);
    }

    // Without a certificate (one machine alone) nothing but this machine may be spoken to in the clear.
    private void Secure(ListenOptions listen)
    {
        if (runtime.Keys is not { } keys) throw new IOException("this node has no certificate to show; it listens on loopback addresses only.");
        listen.UseHttps(new TlsHandshakeCallbackOptions
        {
            OnConnection = _ => ValueTask.FromResult(new SslServerAuthenticationOptions { ServerCertificateContext = keys.DoorCertificate() }), // Each time: it may have been renewed.
        });
    }

    private static Task HealthAsync(HttpContext http, bool well, string sentence)
    {
        http.Response.StatusCode = well ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync(sentence + "\n", http.RequestAborted);
    }
}
