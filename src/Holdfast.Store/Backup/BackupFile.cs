using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Holdfast.Cluster;
using Holdfast.Cluster.Settings;
using Holdfast.Cluster.Upgrades;

namespace Holdfast.Store.Backup;

/// <summary>
/// A backup as a file: UTF-8, one JSON document a line. The first line says what it is, the last one how many records there are
/// and the SHA-256 of every byte before itself; each line between is a record. See <c>docs/design/backup.md</c>.
/// </summary>
public static class BackupFile
{
    /// <summary>What the first line calls itself.</summary>
    public const string Format = "holdfast-cluster-backup";

    /// <summary>The version that is written, and the newest that is read.</summary>
    public const int Version = 1;

    /// <summary>The largest file that is read; far above any real cluster's.</summary>
    public const long LargestBytes = 64 << 20;

    /// <summary>Writes a backup.</summary>
    public static byte[] Write(ClusterBackup backup)
    {
        using var file = new MemoryStream();
        var header = new Header(Format, Version, backup.Cluster, backup.TakenAt, backup.TakenBy, backup.StoreId, backup.Revision);
        Line(file, JsonSerializer.SerializeToUtf8Bytes(header, BackupJson.Default.Header));
        foreach (var (key, value) in backup.Records) Line(file, RecordLine(key, value));
        Line(file, JsonSerializer.SerializeToUtf8Bytes(new Trailer(backup.Records.Count, Convert.ToHexStringLower(SHA256.HashData(file.ToArray()))), BackupJson.Default.Trailer));
        return file.ToArray();
    }

    /// <summary>Reads a backup; whole and unchanged, or not at all.</summary>
    /// <exception cref="HoldfastException">Codes <c>backup.not-one</c>, <c>backup.newer</c>, <c>backup.damaged</c>.</exception>
    public static ClusterBackup Read(ReadOnlyMemory<byte> file)
    {
        var first = file.Span.IndexOf((byte)'\n');
        var header = first > 0 ? TryRead(file[..first], BackupJson.Default.Header) : null;
        if (header is not { Format: Format })
            throw new HoldfastException(ErrorKind.Invalid, "backup.not-one", $"This is not a backup of a cluster: its first line does not say '{Format}'.", "Name a file that 'holdfast cluster backup' wrote.");
        if (header.Version > Version)
            throw new HoldfastException(ErrorKind.Invalid, "backup.newer", $"The backup has version {header.Version}; this Holdfast reads versions up to {Version}.", "Restore it with the Holdfast that wrote it, or a newer one.");

        if (header.Cluster.Format > RecordFormat.Newest)
            throw new HoldfastException(ErrorKind.Invalid, "backup.newer", $"The backup's records have format {header.Cluster.Format}; this Holdfast reads formats up to {RecordFormat.Newest}.", "Restore it with the Holdfast that wrote it, or a newer one.");
        if (file.Span[^1] != (byte)'\n') throw Damaged("it ends in the middle of a line");
        var last = file.Span[..^1].LastIndexOf((byte)'\n') + 1;
        var trailer = TryRead(file[last..^1], BackupJson.Default.Trailer) ?? throw Damaged("its end is missing");
        if (!string.Equals(trailer.Sha256, Convert.ToHexStringLower(SHA256.HashData(file.Span[..last])), StringComparison.Ordinal)) throw Damaged("its checksum does not fit its content");
        var records = Records(file[(first + 1)..last]);
        if (records.Count != trailer.Records) throw Damaged($"it holds {records.Count} records instead of {trailer.Records}");
        return new(header.Cluster, header.TakenAt, header.TakenBy, header.StoreId, header.Revision, records);
    }

    private static ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Records(ReadOnlyMemory<byte> lines)
    {
        var records = ImmutableSortedDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        while (lines.Span.IndexOf((byte)'\n') is var end and >= 0)
        {
            var record = TryRead(lines[..end], BackupJson.Default.Entry) ?? throw Damaged($"record {records.Count + 1} cannot be read");
            records[record.Key] = Encoding.UTF8.GetBytes(record.Value.GetRawText());
            lines = lines[(end + 1)..];
        }

        return records.ToImmutable();
    }

    // The value goes in as it is, byte for byte, so that what is restored is what was in the store.
    private static byte[] RecordLine(string key, ReadOnlyMemory<byte> value)
    {
        using var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WritePropertyName("value");
            json.WriteRawValue(value.Span);
            json.WriteEndObject();
        }

        return line.ToArray();
    }

    private static void Line(MemoryStream file, byte[] json)
    {
        file.Write(json);
        file.WriteByte((byte)'\n');
    }

    private static T? TryRead<T>(ReadOnlyMemory<byte> line, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line.Span, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static HoldfastException Damaged(string how) =>
        new(ErrorKind.Invalid, "backup.damaged", $"The backup is damaged: {how}. Nothing was changed.", "Use another copy, or one of the daily backups in STATE/backups of any node.");

    internal sealed record Header(string Format, int Version, ClusterSettings Cluster, DateTimeOffset TakenAt, string TakenBy, string StoreId, long Revision);

    internal sealed record Entry(string Key, JsonElement Value);

    internal sealed record Trailer(int Records, string Sha256);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(BackupFile.Header))]
[JsonSerializable(typeof(BackupFile.Entry))]
[JsonSerializable(typeof(BackupFile.Trailer))]
internal sealed partial class BackupJson : JsonSerializerContext;
