using System.Text.Json.Serialization;

namespace Holdfast.Vault.Locks;

/// <summary>What a lock file says, as restic writes it.</summary>
internal sealed record LockRecord
{
    public DateTimeOffset Time { get; init; }

    public bool Exclusive { get; init; }

    public string Hostname { get; init; } = "";

    public string Username { get; init; } = "";

    public int Pid { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Uid { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public uint Gid { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(LockRecord))]
internal sealed partial class LockJsonContext : JsonSerializerContext;
