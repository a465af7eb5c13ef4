using System.IO.Pipelines;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Holdfast.Vault.Backends;

/// <summary>What client and server of the REST protocol have in common.</summary>
internal static class RestProtocol
{
    /// <summary>A listing is an array of names.</summary>
    public const string Version1 = "application/vnd.x.restic.rest.v1";

    /// <summary>A listing is an array of names with lengths.</summary>
    public const string Version2 = "application/vnd.x.restic.rest.v2";

    private const int FlushBytes = 64 << 10;

    /// <summary>Writes a listing as it is found: a vault may have a million packs.</summary>
    public static async Task WriteListAsync(PipeWriter output, IAsyncEnumerator<VaultFileEntry> entries, bool has, bool withLengths, CancellationToken cancellationToken)
    {
        await using var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true });
        json.WriteStartArray();
        for (; has; has = await entries.MoveNextAsync())
        {
            if (withLengths) JsonSerializer.Serialize(json, new ListedFile(entries.Current.File.Name, entries.Current.Length), RestJson.Default.ListedFile);
            else json.WriteStringValue(entries.Current.File.Name);
            if (json.BytesPending < FlushBytes) continue;
            await json.FlushAsync(cancellationToken);
            await output.FlushAsync(cancellationToken);
        }

        json.WriteEndArray();
        await json.FlushAsync(cancellationToken);
        await output.FlushAsync(cancellationToken);
    }

    /// <summary>The status that answers with an error.</summary>
    public static int StatusOf(string code) => (int)(code switch
    {
        "vault.file-missing" => HttpStatusCode.NotFound,
        "vault.file-exists" => HttpStatusCode.Conflict,
        "vault.full" => HttpStatusCode.InsufficientStorage,
        "vault.read-only" => HttpStatusCode.Forbidden,
        "vault.damaged" => HttpStatusCode.BadRequest,
        "vault.unreachable" => HttpStatusCode.ServiceUnavailable,
        _ => HttpStatusCode.InternalServerError,
    });
}

/// <summary>A file in a listing of version 2.</summary>
internal sealed record ListedFile([property: JsonPropertyName("name")] string Name, [property: JsonPropertyName("size")] long Size);

/// <summary>The JSON of listings.</summary>
[JsonSerializable(typeof(ListedFile))]
[JsonSerializable(typeof(string))]
internal sealed partial class RestJson : JsonSerializerContext;
