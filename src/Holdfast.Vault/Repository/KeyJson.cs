using System.Text.Json.Serialization;

namespace Holdfast.Vault.Repository;

/// <summary>A key file (design.rst, "Keys, Encryption and MAC"): not sealed itself; in it, the master key sealed with a password's key.</summary>
internal sealed record KeyJson
{
    [JsonPropertyName("created")] public string? Created { get; init; }

    [JsonPropertyName("username")] public string? User { get; init; }

    [JsonPropertyName("hostname")] public string? Host { get; init; }

    [JsonPropertyName("kdf")] public string? Kdf { get; init; }

    [JsonPropertyName("N")] public long N { get; init; }

    [JsonPropertyName("r")] public int R { get; init; }

    [JsonPropertyName("p")] public int P { get; init; }

    [JsonPropertyName("salt")] public byte[]? Salt { get; init; }

    [JsonPropertyName("data")] public byte[]? Data { get; init; }
}
