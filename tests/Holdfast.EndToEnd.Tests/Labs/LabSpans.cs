using Holdfast.Lab.Hosts;
using Holdfast.Management.Tests.Tracing;
using Holdfast.Management.Tests.Tracing.Otlp;

namespace Holdfast.EndToEnd.Tests.Labs;

/// <summary>A receiver of spans on the client's machine: whatever hosts of the lab sent it.</summary>
/// <param name="folder">Where it keeps them, as this process sees it.</param>
internal sealed class LabSpans(string folder)
{
    public const int Port = 4318;

    /// <summary>Starts it; it ends with its host.</summary>
    /// <param name="path">The folder as hosts see it.</param>
    public void Start(LabHost on, string path)
    {
        Directory.CreateDirectory(folder);
        on.Start(["/usr/bin/perl", "/opt/services/spans.pl", $"{Port}", path], log: "spans");
    }

    /// <summary>The spans of a trace that have arrived.</summary>
    public IReadOnlyList<SeenSpan> Of(string trace) =>
    [
        .. from file in Directory.EnumerateFiles(folder, "*.spans")
           from source in ExportTraceServiceRequest.Parser.ParseFrom(File.ReadAllBytes(file)).ResourceSpans
           from scope in source.ScopeSpans
           from span in scope.Spans
           let seen = SeenSpan.Of(source, span)
           where seen.Trace == trace
           select seen,
    ];
}
