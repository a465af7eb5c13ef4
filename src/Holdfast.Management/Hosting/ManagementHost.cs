using Holdfast.Agent.Api;
using Holdfast.Agent.Doors;
using Holdfast.Agent.Tracing;
using Holdfast.Cluster;
using Holdfast.Cluster.Access;
using Holdfast.Management.Alerts;
using Holdfast.Management.Alerts.Sources;
using Holdfast.Management.Api;
using Holdfast.Management.Approvals;
using Holdfast.Management.Collecting;
using Holdfast.Management.Compliance;
using Holdfast.Management.Link;
using Holdfast.Management.Machines;
using Holdfast.Management.People;
using Holdfast.Management.Policies;
using Holdfast.Management.Repository;
using Holdfast.Management.Settings;
using Holdfast.Management.Vaults;
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
        PeopleDesk? desk = null;
        var settings = new SettingsDesk(documents, by => desk!.ApproversBeside(by));
        var people = desk = new PeopleDesk(documents, () => settings.Current, _time);
        using var limits = new RateLimits(() => settings.Current.RequestsPerSecond);
        var follower = new ClusterFollower(agent, _time);
        await using var repository = new RepositoryDatabase(new RepositoryOptions { Address = _options.Database ?? $"sqlite:{Path.Combine(Directory.CreateDirectory(Path.Combine(_options.StateDirectory, "management")).FullName, "history.db")}" }, _options.Epoch, _time, _loggers.CreateLogger<RepositoryDatabase>());
        var retention = new Retention(repository, () => settings.Current.History, _time, _loggers.CreateLogger<Retention>());
        var standing = new ServiceStanding(agent, _options, repository, _time);
        var machines = new MachineWatch(agent, follower, _time);
        var certificates = new CertificateWatch(agent, follower, _time);
        var vaults = new VaultDesk(agent, documents, follower, repository, _time);
        var policies = new PolicyDesk(agent, documents, follower, machines, vaults);
        var compliance = new ComplianceWatch(agent, policies, follower, repository, _time, _loggers.CreateLogger<ComplianceWatch>());
        var alertDesk = new AlertDesk(documents, follower, _time);
        var cluster = (await agent.GetAsync("v1/agent", ApiJson.Default.AgentInfo, cancellationToken)).Cluster ?? "";
        using var webhooks = new WebhookSender(cluster, _time);
        var sender = new ChannelSender(() => alertDesk.Channels, new MailSender(cluster, _time), webhooks, new CommandSender(new UserProcess(_time).RunAsync, cluster, _time), () => settings.Current.ConsoleAddress);
        var alerts = new AlertService(new AlertStore(documents, repository, row => follower.Tell(StreamEvent.Of("alert", row, HistoryJson.Default.AlertRow))), sender, () => alertDesk.Settings, _time, _loggers.CreateLogger<AlertService>());
        var alertWatch = new AlertWatch(agent, alerts, follower, compliance, policies, machines, certificates, repository, _time, _loggers.CreateLogger<AlertWatch>());
        var keeper = new PolicyKeeper(policies, _time, _loggers.CreateLogger<PolicyKeeper>());
        var catalogue = new CatalogueKeeper(vaults, repository, _time, _loggers.CreateLogger<CatalogueKeeper>());
        var collector = new Collector(repository, new AgentJournals(agent, _time), job => policies.OriginOf(job), _time, _loggers.CreateLogger<Collector>());
        collector.Committed += collected =>
        {
            foreach (var item in collected.Events)
            {
                follower.Tell(StreamEvent.Of(StreamEvent.Kept, item, HistoryJson.Default.EventRow, repository.Identity is { } database ? new StreamPosition(database, item.Id) : null));
                if (RoleEvents.Of(new ClusterEvent(item.At, 0, item.Node, item.Kind, item.Role, item.Resource, item.Epoch, item.Message, item.Because)) is { } happened) _ = alerts.TellAsync(happened, cancellationToken);
            }

            foreach (var run in collected.Runs) follower.Tell(StreamEvent.Of("operation", run.Row, HistoryJson.Default.OperationRow));
        };
        List<Operation> operations = [];
        var subjects = new ActSubjects(agent, policies, vaults, people, settings);
        using var approvals = new ApprovalDesk(new ApprovalStore(documents), new ApprovalRun(() => operations, subjects.StampAsync, people.Find).CarryOutAsync, subjects.StampAsync, _time, _loggers.CreateLogger<ApprovalDesk>());
        approvals.Changed += () => follower.Tell(new StreamEvent("approval", "{}"));
        var gate = new ApprovalGate(approvals, new ActJudge(policies, people, settings), () => settings.Current.SecondPerson);
        var metrics = new MetricsText(follower, alerts, compliance, repository, collector, _options);
        operations.AddRange((IEnumerable<Operation>)
        [
            .. new PeopleOperations(people).All(),
            .. new OverviewOperations(agent, follower, standing, new EventStream(follower, standing, repository, _time), alerts, alertWatch, compliance, approvals, _time).All(),
            .. new NodeOperations(agent).All(),
            .. new HistoryOperations(repository, _time).All(),
            .. new MachineOperations(machines, follower).All(),
            .. new VaultOperations(vaults).All(),
            .. new PolicyOperations(policies, compliance).All(),
            .. new AlertOperations(alerts, alertDesk, repository).All(),
            .. new SettingsOperations(settings, repository, new DatabaseTest(_time)).All(),
            .. new ApprovalOperations(approvals, () => settings.Current.SecondPerson, _time).All(),
        ]);
        await using var app = Build(new ApiRoutes(people, limits, new Idempotency(repository)), [.. operations.Select(gate.Guard)], standing, metrics);
        var socket = ManagementRole.SocketIn(_options.RunDirectory);
        File.Delete(socket);
        await app.StartAsync(cancellationToken);
        File.SetUnixFileMode(socket, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        try
        {
            // Whatever of these ends is a reason to end: the next process begins anew, here or elsewhere.
            await await Task.WhenAny(
                follower.RunAsync(cancellationToken), repository.KeepAsync(cancellationToken), collector.RunAsync(cancellationToken), retention.RunAsync(cancellationToken), machines.RunAsync(cancellationToken), certificates.RunAsync(cancellationToken),
                compliance.RunAsync(cancellationToken), alerts.RunAsync(cancellationToken), alertWatch.RunAsync(cancellationToken), keeper.RunAsync(cancellationToken), catalogue.RunAsync(cancellationToken), approvals.RunAsync(cancellationToken));
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
