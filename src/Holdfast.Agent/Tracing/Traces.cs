using System.Diagnostics;

namespace Holdfast.Agent.Tracing;

/// <summary>
/// The spans of agent, service and command line. Where nobody listens (no <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>) there are none, and nothing is made for them. A trace begins with
/// what somebody asked for, or with a run that was due: what a node does all the time by itself (renewing, planning, watching, collecting) is in none.
/// </summary>
public static class Traces
{
    /// <summary>The name of the one source; its spans are told apart by their names.</summary>
    public const string SourceName = "Holdfast";

    private static readonly ActivitySource Source = new(SourceName);

    /// <summary>Gets whether anybody listens.</summary>
    public static bool IsOn => Source.HasListeners();

    /// <summary>Gets where the present span is, as W3C Trace Context writes it; null when there is none that is kept.</summary>
    public static string? Parent => Activity.Current is { Recorded: true, IdFormat: ActivityIdFormat.W3C } span ? span.Id : null;

    /// <summary>Begins a span below the present one; null when there is none that is kept.</summary>
    public static Activity? Child(string name, ActivityKind kind = ActivityKind.Internal) => Activity.Current is { Recorded: true } ? Source.StartActivity(name, kind) : null;

    /// <summary>Begins a span below another process's, or a trace.</summary>
    /// <param name="parent">As it was carried here; null, or what cannot be read, begins a trace.</param>
    public static Activity? Begin(string name, ActivityKind kind, string? parent)
    {
        if (!IsOn) return null;
        Activity.Current = null; // The web server makes one of its own, which nobody keeps.
        return Source.StartActivity(name, kind, ActivityContext.TryParse(parent, null, isRemote: true, out var context) ? context : default);
    }

    /// <summary>Tells of something below the present span that another process measured.</summary>
    public static void Past(string name, DateTimeOffset begun, TimeSpan took, bool failed)
    {
        if (Activity.Current is not { Recorded: true } present) return;
        using var span = Source.StartActivity(name, ActivityKind.Internal, present.Context, startTime: begun);
        span?.SetEndTime((begun + took).UtcDateTime);
        if (failed) span?.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Says that what a span is of did not succeed.</summary>
    public static void Fail(this Activity span, string why) => span.SetStatus(ActivityStatusCode.Error, why);
}
