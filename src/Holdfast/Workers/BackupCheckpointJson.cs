using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Protection.Backups;
using Holdfast.Vault.Blobs;

namespace Holdfast.Cli.Workers;

/// <summary>A backup's checkpoint as JSON: itself, or where in the vault it is when it is too large for the cluster's store.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, Converters = [typeof(BlobIdJson)])]
[JsonSerializable(typeof(BackupCheckpoint))]
[JsonSerializable(typeof(StoredCheckpoint))]
internal sealed partial class BackupCheckpointJson : JsonSerializerContext;

/// <summary>What a worker tells as its checkpoint: one of the two.</summary>
/// <param name="Here">The checkpoint.</param>
/// <param name="Blobs">The data blobs that, put together, are it.</param>
internal sealed record StoredCheckpoint(BackupCheckpoint? Here, IReadOnlyList<BlobId>? Blobs);

/// <summary>An id as its digits.</summary>
internal sealed class BlobIdJson : JsonConverter<BlobId>
{
    public override BlobId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => BlobId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("This is no id.");

    public override void Write(Utf8JsonWriter writer, BlobId value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}
