using System.Globalization;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Jobs;
using Holdfast.Agent.Jobs.Protocol;
using Holdfast.Cluster;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Naming;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using static Holdfast.Agent.Api.NodeApi;

namespace Holdfast.Agent.Api;

/// <summary>Jobs, from any node.</summary>
internal sealed class JobEndpoints(AgentHost host, TimeProvider time)
{
    /// <summary>Maps the endpoints.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapGet("/v1/jobs", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListJobInfo, () => Task.FromResult(Operations.List())));
        app.MapGet("/v1/jobs/{job}", http => AnswerAsync(http, ApiJson.Default.JobDetail, () => Operations.ShowAsync(Job(http), http.RequestAborted)));
        app.MapGet("/v1/jobs/{job}/calendar", http => AnswerAsync(http, ApiJson.Default.JobCalendar, () => Task.FromResult(Operations.Calendar(Job(http), Time(http, "from"), Time(http, "to")))));
        app.MapPost("/v1/jobs/{job}/run", http => AnswerAsync(http, ApiJson.Default.JobRunAnswer, () => Operations.RunAsync(Job(http), http.RequestAborted)));
        app.MapPost("/v1/jobs/{job}/pause", http => DoneAsync(http, async () =>
        {
            var reason = (await BodyAsync(http, ApiJson.Default.JobPauseRequest)).Reason;
            return await Operations.WantAsync(Job(http), ledger => ledger.Keep(new JobHold(time.GetUtcNow(), reason)), "is paused", http.RequestAborted);
        }));
        app.MapGet("/v1/schedulers", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListSchedulerInfo, () => Task.FromResult(Schedulers.List())));
        app.MapPost("/v1/schedulers/{node}/start", http => DoneAsync(http, () => Schedulers.StartAsync(Node(http), http.RequestAborted)));
        app.MapPost("/v1/schedulers/{node}/stop", http => DoneAsync(http, async () =>
            await Schedulers.StopAsync(Node(http), (await BodyAsync(http, ApiJson.Default.SchedulerStopRequest)).Reason, http.RequestAborted)));
        app.MapGet("/v1/calendars", http => AnswerAsync(http, ApiJson.Default.IReadOnlyListCalendarInfo, () => Task.FromResult(Calendars.List())));
        app.MapDelete("/v1/calendars/{calendar}", http => DoneAsync(http, () => Calendars.DeleteAsync(Part(http, "calendar"), http.RequestAborted)));
        app.MapPost("/v1/jobs/{job}/resume", http => DoneAsync(http, () => Operations.WantAsync(Job(http), ledger => ledger.Keep(null), "goes on", http.RequestAborted)));
        app.MapPost("/v1/jobs/{job}/cancel", http => DoneAsync(http, () => Operations.WantAsync(Job(http), ledger => ledger.Cancel(), "ends its present run", http.RequestAborted)));
    }

    /// <summary>Maps what nodes ask each other.</summary>
    public void MapPeer(IEndpointRouteBuilder app) =>
        app.MapGet("/v1/peer/jobs/{job}/progress", http => AnswerAsync(http, PeerJson.Default.ProgressAnswer, () => Task.FromResult(new ProgressAnswer(host.RequireRuntime().Jobs.ProgressOf(Job(http))))));

    private JobOperations Operations => new(host.RequireRuntime(), host.Journal, time);

    private SchedulerOperations Schedulers => new(host.RequireRuntime(), Operations, host.Journal, time);

    private CalendarOperations Calendars => new(host.RequireRuntime(), host.Journal);

    private static NodeName Node(HttpContext http) => new(Part(http, "node"));

    private static DateTimeOffset? Time(HttpContext http, string name) => (string?)http.Request.Query[name] switch
    {
        null or "" => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) => at,
        var text => throw new HoldfastException(ErrorKind.Invalid, "request.invalid", $"{name} is '{text}', which is no time.", "Write it as 2026-11-21T02:00:00Z."),
    };

    private static RoleName Job(HttpContext http) => new(Part(http, "job"));
}

/// <summary>GET /v1/peer/jobs/{job}/progress: how the present run goes; null when it is not at work here.</summary>
internal sealed record ProgressAnswer(WorkerMessage.Progress? Progress);
