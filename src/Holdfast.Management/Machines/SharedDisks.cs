using System.Text.Json;
using System.Text.Json.Nodes;
using Holdfast.Agent.Api;

namespace Holdfast.Management.Machines;

/// <summary>Where the shared volumes are, as the cluster tells: pure. What a machine told of them may be minutes old, or of before it was lost.</summary>
internal static class SharedDisks
{
    /// <summary>The shared volumes that are attached to a node.</summary>
    public static IEnumerable<string> AttachedTo(ClusterStatus? cluster, string node) => All(cluster).Where(disk => disk.Owner == node).Select(disk => disk.Id);

    /// <summary>Where all of them are, as a text that changes when one of them moves.</summary>
    public static string Places(ClusterStatus? cluster) => string.Join(' ', All(cluster).Select(disk => $"{disk.Id}={disk.Owner}"));

    /// <summary>All of them as a machine sees them: what it told, and where they are now.</summary>
    /// <param name="told">What it told last; null when it never did.</param>
    public static JsonElement? SeenBy(ClusterStatus? cluster, string node, JsonElement? told)
    {
        if (cluster?.SharedVolumes is not { } volumes) return told;
        var known = told is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().ToLookup(IdOf, StringComparer.Ordinal) : null;
        var seen = new JsonArray([.. volumes.Select(volume => (JsonNode)Describe(cluster, node, volume, known?[volume.Id].FirstOrDefault()))]);
        return JsonElement.Parse(seen.ToJsonString());
    }

    private static JsonObject Describe(ClusterStatus cluster, string node, SharedVolumeSummary volume, JsonElement? told)
    {
        var row = told is { ValueKind: JsonValueKind.Object } some ? JsonNode.Parse(some.GetRawText())!.AsObject() : new JsonObject();
        if (row["facts"] is not JsonObject facts) row["facts"] = facts = new JsonObject { ["id"] = volume.Id, ["name"] = volume.Id, ["cluster"] = cluster.Name, ["fileSystemGuid"] = "", ["target"] = volume.Target };
        (facts["owner"], facts["status"]) = (volume.Owner, volume.Owner is null ? "offline" : volume.Maintenance ? "maintenance" : volume.Owner == node ? "attachedHere" : "onlineElsewhere");
        row["backedUpHere"] = volume.Owner == node && !volume.Maintenance;
        return row;
    }

    private static string? IdOf(JsonElement row) =>
        row.ValueKind == JsonValueKind.Object && row.TryGetProperty("facts", out var facts) && facts.ValueKind == JsonValueKind.Object && facts.TryGetProperty("id", out var id) && id.ValueKind == JsonValueKind.String ? id.GetString() : null;

    private static IReadOnlyList<SharedVolumeSummary> All(ClusterStatus? cluster) => cluster?.SharedVolumes ?? [];
}
