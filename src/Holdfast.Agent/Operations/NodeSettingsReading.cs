using System.Text.Json;
using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Agent.Operations;

/// <summary>Reads the settings of a node as people send them: what is no setting, or no value of its kind, is told by its name. Pure.</summary>
internal static class NodeSettingsReading
{
    /// <summary>Reads them.</summary>
    /// <param name="problems">What is wrong, each with the name that it goes with, or none; then what is returned is not to be used.</param>
    public static NodeSettings Read(JsonElement asked, out List<(string Name, string Message)> problems)
    {
        var wrong = problems = [];
        if (asked.ValueKind != JsonValueKind.Object)
        {
            wrong.Add(("settings", "are one object, such as { \"jobs\": 2 }."));
            return NodeSettings.None;
        }

        return asked.EnumerateObject().Aggregate(NodeSettings.None, (settings, item) => item.Name switch
        {
            "description" => settings with { Description = Text(item) },
            "jobs" => settings with { Jobs = Number(item) },
            "bandwidth" => settings with { Bandwidth = Long(item) },
            "diskFreePercent" => settings with { DiskFreePercent = Number(item) },
            "memoryFreePercent" => settings with { MemoryFreePercent = Number(item) },
            "storeMilliseconds" => settings with { StoreMilliseconds = Number(item) },
            _ => Unknown(settings, item.Name),
        });

        NodeSettings Unknown(NodeSettings settings, string name)
        {
            wrong.Add(("", NearestName.Sentence("setting", name, NodeSettingsRules.NamesOf(NodeKind.Member))));
            return settings;
        }

        string? Text(JsonProperty item)
        {
            if (item.Value.ValueKind is JsonValueKind.String) return item.Value.GetString()!.Trim() is { Length: > 0 } text ? text : null;
            if (item.Value.ValueKind is not JsonValueKind.Null) wrong.Add((item.Name, $"is {item.Value}; it must be a text."));
            return null;
        }

        // What is beyond a number's range is beyond its bounds too, and told so.
        int? Number(JsonProperty item) => Long(item) is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : null;

        long? Long(JsonProperty item)
        {
            if (item.Value.ValueKind is JsonValueKind.Number && item.Value.TryGetInt64(out var number)) return number;
            if (item.Value.ValueKind is not JsonValueKind.Null) wrong.Add((item.Name, $"is {item.Value}; it must be a whole number."));
            return null;
        }
    }
}
