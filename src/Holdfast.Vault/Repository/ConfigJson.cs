using System.Text.Json.Serialization;

namespace Holdfast.Vault.Repository;

/// <summary>The config, as it is written.</summary>
internal sealed record ConfigJson(
    [property: JsonPropertyName("version")] int Version,
    [property: JsonPropertyName("id")] string Id,
    [property: JsonPropertyName("chunker_polynomial")] string ChunkerPolynomial);
