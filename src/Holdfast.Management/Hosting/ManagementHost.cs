using Holdfast.Agent.Api;
using Holdfast.Agent.Doors;
using Holdfast.Agent.Tracing;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.Api;
using Holdfast.Management.Link;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Logging;

namespace Holdfast.Management.Hosting;

/// <summary>The management service as a process: the API and the console on a socket of its node. There is one in a cluster; what it writes is refused when there is a newer one.</summary>
public sealed class ManagementHost
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);
    private readonly ManagementOptions _options;
    private readonly TimeProvider _time;
    private readonly ILoggerFactory _loggers;

    private ManagementHost(ManagementOptions options, TimeProvider time, ILoggerFactory loggers) => (_options, _time, _loggers) = (options, time, loggers);

    /// <summary>Serves until cancelled.</summary>
    /// <exception cref="HoldfastException">It cannot start.</exception>
    public static async Task RunAsync(ManagementOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var loggers = LoggerFactory.Create(logging => logging.SetMinimumLevel(LogLevel.Information)
            .AddFilter("Microsoft", LogLevel.Warning).AddSimpleConsole(console => (console.SingleLine, console.ColorBehavior, console.TimestampFormat) = (true, Microsoft.Extensions.Logging.Console.LoggerColorBehavior.Disabled, "HH:mm:ss.fff ")));
        await new ManagementHost(options, time, loggers).ServeAsync(cancellationToken);
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        using var agent = new AgentLink(_options.AgentSocket);
        var documents = new Documents(agent, _options.Epoch);
        await LoadAsync(documents, cancellationToken);
        var cluster = (await agent.GetAsync("v1/agent", ApiJson.Default.AgentInfo, cancellationToken)).Cluster ?? "";
        await using var parts = new ServiceParts(_options, agent, documents, cluster, _time, _loggers);
        await using var app = Build(parts.Routes, parts.Operations, parts.Standing, parts.Metrics);
        var socket = ManagementRole.SocketIn(_options.RunDirectory);
        File.Delete(socket);
        await app.StartAsync(cancellationToken);
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            await parts.RunAsync(cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // Streams do not end by themselves, and who reads one goes on with the next owner.
            using var now = new CancellationTokenSource(Pause, _time);
            await app.StopAsync(now.Token);
        }
    }

    // The agent that started this may have been replaced since, and the store may be electing.
    private async Task LoadAsync(Documents documents, CancellationToken cancellationToken)
    {
        var begun = _time.GetTimestamp();
        while (true)
        {
            try
            {
                await documents.LoadAsync(cancellationToken);
                return;
            }
            catch (HoldfastException notYet) when (notYet.Kind == ErrorKind.Unavailable && _time.GetElapsedTime(begun) < StartLimit)
            {
                await Task.Delay(Pause, _time, cancellationToken);
            }
        }
    }

    private WebApplication Build(ApiRoutes routes, IReadOnlyList<Operation> operations, ServiceStanding standing, MetricsText metrics)
    {
        // Empty: the other builders watch their folder for settings, and everything below it.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddRoutingCore().AddSingleton(_loggers);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            (kestrel.AddServerHeader, kestrel.Limits.MaxRequestBodySize) = (false, 16 << 20);
            kestrel.ListenUnixSocket(ManagementRole.SocketIn(_options.RunDirectory), listen => listen.Protocols = HttpProtocols.Http1);
        });
        var app = builder.Build();
        app.Use(SecurityHeaders.AddAsync);
        app.Use(new RequestSpans("management", () => _options.Node).ServeAsync);
        ServeConsole(app);
        app.UseRouting();
        routes.Map(app, operations);
        var document = new Lazy<string>(() => OpenApi.Write(operations));
        app.MapGet("/openapi/v1.json", http =>
        {
            http.Response.ContentType = "application/json";
            return http.Response.WriteAsync(document.Value, http.RequestAborted);
        });
        app.MapGet("/health/service", http => http.Response.WriteAsync("The management service answers.\n", http.RequestAborted));
        app.MapGet("/health/database", http =>
        {
            http.Response.StatusCode = standing.Database.State == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
            return http.Response.WriteAsync(standing.Database.Reason + "\n", http.RequestAborted);
        });
        routes.MapOutside(app, new Operation("GET", "/metrics", AccessLevel.Viewer, "Metrics.", (http, _) =>
        {
            http.Response.ContentType = MetricsText.ContentType;
            return http.Response.WriteAsync(metrics.Write(), http.RequestAborted);
        }));
        app.MapFallback(ConsolePageAsync);
        return app;
    }

    private void ServeConsole(WebApplication app)
    {
        if (_options.ConsoleDirectory is not { } folder || !Directory.Exists(folder)) return;
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(folder),
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = file.Context.Request.Path.StartsWithSegments("/assets") ? "public, max-age=31536000, immutable" : "no-cache", // Their names carry their hashes.
        });
    }

    // Every page of the console is one file; which one is shown is in the address.
    private Task ConsolePageAsync(HttpContext http)
    {
        var page = _options.ConsoleDirectory is { } folder ? Path.Combine(folder, "index.html") : null;
        if (!HttpMethods.IsGet(http.Request.Method) || page is null || !File.Exists(page))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return http.Response.WriteAsync("There is nothing here. The API is below /api/v1; /openapi/v1.json describes it.\n", http.RequestAborted);
        }

        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        return http.Response.SendFileAsync(page, http.RequestAborted);
    }
}
