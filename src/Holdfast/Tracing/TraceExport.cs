using System.Runtime.CompilerServices;
using Holdfast.Agent.Tracing;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace Holdfast.Cli.Tracing;

/// <summary>Sends this process's spans to where <c>OTEL_EXPORTER_OTLP_ENDPOINT</c> says, by OTLP. Without that variable nothing of OpenTelemetry is loaded.</summary>
internal static class TraceExport
{
    /// <summary>Begins; null when nobody wants spans. What is not sent yet is sent when it is disposed.</summary>
    /// <param name="service">What this process is, such as <c>holdfast-agent</c>.</param>
    public static IDisposable? Begin(string service, Func<string, string?> environment) => TraceSettings.IsWanted(environment) ? Start(service, environment) : null;

    // Apart, so that the assemblies are loaded only by who needs them.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static TracerProvider Start(string service, Func<string, string?> environment) => Sdk.CreateTracerProviderBuilder()
        .AddSource(Traces.SourceName)
        .ConfigureResource(resource => resource.AddService(service, serviceVersion: typeof(TraceExport).Assembly.GetName().Version?.ToString(3), serviceInstanceId: $"{Environment.MachineName}:{Environment.ProcessId}"))
        .AddOtlpExporter(options =>
        {
            // HTTP unless somebody says otherwise, as OpenTelemetry recommends; the library's own default is gRPC.
            if (string.IsNullOrEmpty(environment("OTEL_EXPORTER_OTLP_PROTOCOL")) && string.IsNullOrEmpty(environment("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL"))) options.Protocol = OtlpExportProtocol.HttpProtobuf;
        })
        .Build();
}
