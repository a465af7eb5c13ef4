using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Vault.Repository;

/// <summary>The small JSON files of the format.</summary>
[JsonSourceGenerationOptions(RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(ConfigJson))]
[JsonSerializable(typeof(KeyJson))]
[JsonSerializable(typeof(MasterKeyJson))]
internal sealed partial class VaultJson : JsonSerializerContext
{
    /// <summary>Gets what writes them. restic reads times from the text as it stands: a '+' written as \u002B is no time to it.</summary>
    public static VaultJson Written { get; } = new(new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
