using System.Globalization;
using System.Text.Json;

namespace Holdfast.Protection.Inventory;

/// <summary>Values in the JSON of util-linux, whose older releases write every value as text.</summary>
internal static class ToolJson
{
    public static void ForEach(string tool, string json, string list, Action<JsonElement> read)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            foreach (var node in document.RootElement.GetProperty(list).EnumerateArray()) read(node);
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new HoldfastException(ErrorKind.Unavailable, "inventory.unreadable", $"What '{tool}' says cannot be understood: {malformed.Message}", "Update util-linux: 2.33 and later are known.", malformed);
        }
    }

    public static string? Text(this JsonElement node, string name) =>
        node.ValueKind != JsonValueKind.Object || !node.TryGetProperty(name, out var value) ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() is { Length: > 0 } text ? text : null
        : value.ValueKind == JsonValueKind.Number ? value.GetRawText() : null;

    public static long? Number(this JsonElement node, string name) => long.TryParse(node.Text(name), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    public static bool Flag(this JsonElement node, string name) =>
        node.ValueKind == JsonValueKind.Object && node.TryGetProperty(name, out var value) && (value.ValueKind == JsonValueKind.True || (value.ValueKind == JsonValueKind.String && value.GetString() is "1" or "true"));
}
