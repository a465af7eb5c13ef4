using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Vault.Snapshots;

/// <summary>A snapshot file's JSON, in the order in which restic writes its keys.</summary>
internal sealed class SnapshotDocument
{
    public string? Time { get; set; }

    public string? Parent { get; set; }

    public string? Tree { get; set; }

    // Always written: restic has no omitempty here.
    public string?[]? Paths { get; set; } = [];

    public string? Hostname { get; set; }

    public string? Username { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Uid { get; set; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Gid { get; set; }

    public string?[]? Excludes { get; set; }

    public string?[]? Tags { get; set; }

    public string? Original { get; set; }

    public string? ProgramVersion { get; set; }

    public SnapshotSummary? Summary { get; set; }

    [JsonExtensionData]
    public Dictionary<string, JsonElement>? Unknown { get; set; }
}

/// <summary>Made at compile time: reading one snapshot must not cost the building of a type description.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SnapshotDocument))]
internal sealed partial class SnapshotJsonContext : JsonSerializerContext;
