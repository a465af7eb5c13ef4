using System.Text.Json.Serialization;

namespace Holdfast.Vault.Repository;

/// <summary>The master key as it is sealed in a key file.</summary>
internal sealed record MasterKeyJson(
    [property: JsonPropertyName("mac")] MasterKeyJson.MacJson Mac,
    [property: JsonPropertyName("encrypt")] byte[] Encrypt)
{
    internal sealed record MacJson([property: JsonPropertyName("k")] byte[] K, [property: JsonPropertyName("r")] byte[] R);
}
