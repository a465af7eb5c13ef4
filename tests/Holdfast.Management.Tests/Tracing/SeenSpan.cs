using System.Globalization;
using Holdfast.Management.Tests.Tracing.Otlp;

namespace Holdfast.Management.Tests.Tracing;

/// <summary>A span as it arrived.</summary>
/// <param name="Service">Whose it is.</param>
/// <param name="Trace">32 hexadecimal digits.</param>
/// <param name="Id">16 hexadecimal digits.</param>
/// <param name="Parent">The same; empty for the first of a trace.</param>
internal sealed record SeenSpan(string Service, string Trace, string Id, string Parent, string Name, ulong Began, ulong Ended, IReadOnlyDictionary<string, string> Tags)
{
    public static SeenSpan Of(ResourceSpans source, Span span) => new(
        Text(source.Resource.Attributes.First(attribute => attribute.Key == "service.name")), Convert.ToHexStringLower(span.TraceId.Span), Convert.ToHexStringLower(span.SpanId.Span),
        Convert.ToHexStringLower(span.ParentSpanId.Span), span.Name, span.StartTimeUnixNano, span.EndTimeUnixNano, span.Attributes.ToDictionary(attribute => attribute.Key, Text));

    private static string Text(KeyValue attribute) => attribute.Value.ValueCase == AnyValue.ValueOneofCase.IntValue ? attribute.Value.IntValue.ToString(CultureInfo.InvariantCulture) : attribute.Value.StringValue;
}
