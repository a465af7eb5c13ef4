using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Agent.Declarations;
using Holdfast.Cli.CommandLine;
using Holdfast.Management.Settings;

namespace Holdfast.Cli.Consoles;

/// <summary>Changes settings as they are typed, <c>history.eventsDays=30</c>: pure. What a value may be, the service says.</summary>
internal static class SettingsEdit
{
    /// <summary>The word that empties a value or a list.</summary>
    public const string Nothing = "none";

    /// <summary>The settings with one of them changed.</summary>
    /// <param name="settings">As the service tells them.</param>
    /// <exception cref="UsageException">It is no setting, or no value of its kind.</exception>
    public static JsonObject Set(JsonObject settings, string assignment)
    {
        var (name, value) = assignment.Split('=', 2) is [{ Length: > 0 } left, var right] ? (left, right.Trim()) : throw new UsageException("setting", $"'{assignment}' sets nothing.", "Write NAME=VALUE, such as history.eventsDays=30.");
        var names = SettingsText.Flat(JsonSerializer.SerializeToElement(settings)).Select(item => item.Name).Where(known => known != "revision").ToList();
        if (!names.Contains(name)) throw new UsageException("setting", NearestName.Sentence("setting", name, names), "'holdfast settings show' lists them.");
        var changed = settings.DeepClone().AsObject();
        var path = name.Split('.');
        var place = path[..^1].Aggregate(changed, (at, part) => at[part]!.AsObject());
        place[path[^1]] = Read(name, place[path[^1]], value);
        return changed;
    }

    private static JsonNode? Read(string name, JsonNode? present, string value) => present?.GetValueKind() switch
    {
        JsonValueKind.Number => long.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : throw new UsageException("setting", $"{name} is a number, and '{value}' is none."),
        JsonValueKind.True or JsonValueKind.False => bool.TryParse(value, out var yes) ? yes : throw new UsageException("setting", $"{name} is true or false, and '{value}' is neither."),
        JsonValueKind.Array => new JsonArray([.. value == Nothing ? [] : value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(item => (JsonNode?)item)]),
        _ => value == Nothing ? null : value,
    };
}
