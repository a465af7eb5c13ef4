using System.Text.Json.Serialization;

namespace Holdfast.Vault.Repository;

/// <summary>The small JSON files of the format.</summary>
[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ConfigJson))]
[JsonSerializable(typeof(KeyJson))]
[JsonSerializable(typeof(MasterKeyJson))]
internal sealed partial class VaultJson : JsonSerializerContext;

/// <summary>The config.</summary>
internal sealed record ConfigJson(
    [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("chunker_polynomial")] string ChunkerPolynomial);
