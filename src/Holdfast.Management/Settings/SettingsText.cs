using System.Text.Json;

namespace Holdfast.Management.Settings;

/// <summary>A document as names and values, for people: <c>history.eventsDays</c> is 90.</summary>
public static class SettingsText
{
    /// <summary>Every value, by its name; a list is one.</summary>
    public static IEnumerable<(string Name, string Value)> Flat(JsonElement document, string prefix = "") => document.EnumerateObject().SelectMany(item =>
        item.Value.ValueKind == JsonValueKind.Object ? Flat(item.Value, $"{prefix}{item.Name}.")
        : [(prefix + item.Name, item.Value.ValueKind == JsonValueKind.Array ? string.Join(", ", item.Value.EnumerateArray()) : item.Value.ToString())]);

    /// <summary>What differs, one clause: <c>history.eventsDays 90 → 30</c>.</summary>
    internal static string Difference(ManagementSettings before, ManagementSettings after)
    {
        var now = Of(before).ToDictionary();
        return string.Join(", ", Of(after).Where(item => now.GetValueOrDefault(item.Key) != item.Value).Select(item => $"{item.Key} {Said(now.GetValueOrDefault(item.Key))} → {Said(item.Value)}"));
    }

    private static IEnumerable<KeyValuePair<string, string>> Of(ManagementSettings settings) =>
        Flat(JsonSerializer.SerializeToElement(settings with { Revision = null }, KeptSettingsJson.Default.ManagementSettings)).Select(item => KeyValuePair.Create(item.Name, item.Value));

    private static string Said(string? value) => string.IsNullOrEmpty(value) ? "none" : value;
}
