using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Cluster.Access;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Jobs;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Settings;
using Holdfast.Cluster.Upgrades;

namespace Holdfast.Store.Registry;

/// <summary>How the records look in the store: JSON, camelCase, names and epochs as texts.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(NodeNameConverter), typeof(RoleNameConverter), typeof(ResourceNameConverter), typeof(EpochConverter), typeof(PropertyValueConverter)])]
[JsonSerializable(typeof(NodeRecord))]
[JsonSerializable(typeof(LeaseRecord))]
[JsonSerializable(typeof(RoleSpec))]
[JsonSerializable(typeof(Placement))]
[JsonSerializable(typeof(RoleStatus))]
[JsonSerializable(typeof(NodeHealth))]
[JsonSerializable(typeof(ClusterSettings))]
[JsonSerializable(typeof(PlannerMark))]
[JsonSerializable(typeof(SealedSecret))]
[JsonSerializable(typeof(TokenRecord))]
[JsonSerializable(typeof(RevocationRecord))]
[JsonSerializable(typeof(AccessRecord))]
[JsonSerializable(typeof(ClusterKeyRecord))]
[JsonSerializable(typeof(AuditRecord))]
[JsonSerializable(typeof(NodeBuild))]
[JsonSerializable(typeof(JobLedger))]
[JsonSerializable(typeof(JobCheckpoint))]
[JsonSerializable(typeof(RunTrace))]
[JsonSerializable(typeof(CapRecord))]
[JsonSerializable(typeof(SchedulerStop))]
[JsonSerializable(typeof(NamedCalendar))]
public sealed partial class RegistryJson : JsonSerializerContext
{
    /// <summary>Writes a record.</summary>
    public static ReadOnlyMemory<byte> Encode<T>(T record, JsonTypeInfo<T> type) => JsonSerializer.SerializeToUtf8Bytes(record, RecordContracts.Of(type));

    /// <summary>Reads a record.</summary>
    /// <exception cref="JsonException">The bytes are not such a record.</exception>
    public static T Decode<T>(ReadOnlyMemory<byte> bytes, JsonTypeInfo<T> type) =>
        JsonSerializer.Deserialize(bytes.Span, RecordContracts.Of(type)) ?? throw new JsonException($"A {typeof(T).Name} must not be null.");
}

/// <summary>Who committed the last plan; its revision is what matters.</summary>
public sealed record PlannerMark(NodeName By, string Nonce)
{
    /// <summary>The write that advances the planner's key.</summary>
    public static StoreWrite Write(NodeName by) => new(RegistryKeys.Planner, RegistryJson.Encode(new PlannerMark(by, Guid.NewGuid().ToString("N")), RegistryJson.Default.PlannerMark));
}

/// <summary>A secret under <c>secrets/</c>, sealed with the cluster key (AES-256-GCM).</summary>
public sealed record SealedSecret(byte[] Nonce, byte[] CipherText, byte[] Tag);

/// <summary>A join token under <c>tokens/</c>: never the secret itself.</summary>
/// <param name="SecretHash">SHA-256 of the secret.</param>
/// <param name="Expires">Wall clock of the issuing node.</param>
/// <param name="UsedBy">The node that joined with it, once.</param>
/// <param name="UsedByKey">SHA-256 of that node's public key, so that only the same node may repeat an interrupted join.</param>
public sealed record TokenRecord(byte[] SecretHash, DateTimeOffset Expires, string? UsedBy = null, byte[]? UsedByKey = null);

/// <summary>Certificates that the cluster's authority has taken back.</summary>
/// <param name="Serials">Their serial numbers, in hexadecimal.</param>
/// <param name="List">The authority's revocation list of them, PEM.</param>
public sealed record RevocationRecord(string[] Serials, string List);

/// <summary>A name as a JSON text.</summary>
public sealed class NodeNameConverter : JsonConverter<NodeName>
{
    /// <inheritdoc/>
    public override NodeName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, NodeName value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A name as a JSON text.</summary>
public sealed class RoleNameConverter : JsonConverter<RoleName>
{
    /// <inheritdoc/>
    public override RoleName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, RoleName value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>A name as a JSON text.</summary>
public sealed class ResourceNameConverter : JsonConverter<ResourceName>
{
    /// <inheritdoc/>
    public override ResourceName Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => new(reader.GetString()!);

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, ResourceName value, JsonSerializerOptions options) => writer.WriteStringValue(value.Value);
}

/// <summary>An epoch as <c>"generation.number"</c>.</summary>
public sealed class EpochConverter : JsonConverter<Epoch>
{
    /// <inheritdoc/>
    public override Epoch Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        try
        {
            return Epoch.Parse(reader.GetString()!);
        }
        catch (FormatException exception)
        {
            throw new JsonException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, Epoch value, JsonSerializerOptions options) => writer.WriteStringValue(value.ToString());
}

/// <summary>A property as the JSON value it looks like: text, array of texts or object of texts.</summary>
public sealed class PropertyValueConverter : JsonConverter<PropertyValue>
{
    /// <inheritdoc/>
    public override PropertyValue Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return PropertyValue.Of(reader.GetString()!);
            case JsonTokenType.StartArray:
                var items = ImmutableArray.CreateBuilder<string>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) items.Add(reader.GetString()!);
                return PropertyValue.Of(items);
            case JsonTokenType.StartObject:
                var entries = new Dictionary<string, string>(StringComparer.Ordinal);
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    var key = reader.GetString()!;
                    reader.Read();
                    entries[key] = reader.GetString()!;
                }

                return PropertyValue.Of(entries);
            default:
                throw new JsonException($"A property is a text, a list or a map of texts, not {reader.TokenType}.");
        }
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, PropertyValue value, JsonSerializerOptions options)
    {
        if (value.Text is { } text)
        {
            writer.WriteStringValue(text);
        }
        else if (value.Items is { } items)
        {
            writer.WriteStartArray();
            foreach (var item in items) writer.WriteStringValue(item);
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteStartObject();
            foreach (var (key, entry) in value.Entries!) writer.WriteString(key, entry);
            writer.WriteEndObject();
        }
    }
}
