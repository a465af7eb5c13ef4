using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Management.Policies;

/// <summary>A duration as a number of seconds, as every <c>…Seconds</c> of the API.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    private const double Most = 3650 * 86400.0; // Ten years: far from what a TimeSpan overflows at.

    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out var seconds) && Math.Abs(seconds) <= Most ? TimeSpan.FromSeconds(seconds)
        : throw new JsonException("It must be a number of seconds, at most ten years.");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options)
    {
        if (value.Ticks % TimeSpan.TicksPerSecond == 0) writer.WriteNumberValue(value.Ticks / TimeSpan.TicksPerSecond);
        else writer.WriteNumberValue(Math.Round(value.TotalSeconds, 3));
    }
}
