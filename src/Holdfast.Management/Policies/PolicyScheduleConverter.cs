using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Roles;

namespace Holdfast.Management.Policies;

/// <summary>A schedule as JSON: every key of a job's document beside <c>when</c>. A text serves where one of a list is meant, and what is null is not given.</summary>
internal sealed class PolicyScheduleConverter : JsonConverter<PolicySchedule>
{
    private static readonly Dictionary<string, string> Keys = ScheduleWords.All.ToDictionary(rule => ScheduleWords.InJson(rule.Name), rule => rule.Name, StringComparer.Ordinal);

    public override PolicySchedule Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        if (document.RootElement.ValueKind != JsonValueKind.Object) throw new JsonException("schedule: must be an object such as { \"when\": \"every 1h\" }.");
        var schedule = new PolicySchedule { When = "" };
        foreach (var field in document.RootElement.EnumerateObject().Where(field => field.Value.ValueKind != JsonValueKind.Null))
        {
            schedule = field.Name switch
            {
                "when" => schedule with { When = TextOf(field.Value, field.Name) },
                "preferred" => schedule with { Preferred = ItemsOf(field.Value, field.Name) },
                "required" => schedule with { Required = ItemsOf(field.Value, field.Name) },
                _ when Keys.TryGetValue(field.Name, out var key) => ValueOf(field.Value, field.Name) is { } value ? schedule with { Rules = schedule.Rules.SetItem(key, value) } : schedule,
                _ => throw new JsonException($"schedule: {NearestName.Sentence("key", field.Name, [.. Keys.Keys, "when", "preferred", "required"])}"),
            };
        }

        return schedule;
    }

    public override void Write(Utf8JsonWriter writer, PolicySchedule value, JsonSerializerOptions options)
    {
        writer.WriteStartObject();
        writer.WriteString("when", value.When);
        foreach (var (key, rule) in value.Rules)
        {
            writer.WritePropertyName(ScheduleWords.InJson(key));
            if (rule.Text is { } text) writer.WriteStringValue(text);
            else if (rule.Items is { } items) WriteItems(writer, items);
            else
            {
                writer.WriteStartObject();
                foreach (var (name, entry) in rule.Entries!) writer.WriteString(name, entry);
                writer.WriteEndObject();
            }
        }

        foreach (var (name, nodes) in new[] { ("preferred", value.Preferred), ("required", value.Required) }.Where(list => !list.Item2.IsEmpty))
        {
            writer.WritePropertyName(name);
            WriteItems(writer, nodes);
        }

        writer.WriteEndObject();
    }

    private static void WriteItems(Utf8JsonWriter writer, ImmutableArray<string> items)
    {
        writer.WriteStartArray();
        foreach (var item in items) writer.WriteStringValue(item);
        writer.WriteEndArray();
    }

    // Empty is as good as not given.
    private static PropertyValue? ValueOf(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.Array => ItemsOf(value, name) is { IsEmpty: false } items ? PropertyValue.Of(items) : null,
        JsonValueKind.Object => value.EnumerateObject().Select(entry => KeyValuePair.Create(entry.Name, TextOf(entry.Value, $"{name}.{entry.Name}"))).ToList() is { Count: > 0 } entries ? PropertyValue.Of(entries) : null,
        _ => PropertyValue.Of(TextOf(value, name)),
    };

    private static ImmutableArray<string> ItemsOf(JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Array ? [.. value.EnumerateArray().Select((item, index) => item.ValueKind == JsonValueKind.Null ? "" : TextOf(item, $"{name}[{index}]"))] : [TextOf(value, name)];

    private static string TextOf(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        _ => throw new JsonException($"schedule.{name}: must be a text."),
    };
}
