using System.Buffers;
using System.Text.Json;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Packs;

namespace Holdfast.Vault.Indexes;

/// <summary>The JSON of an index file (design.rst, "Indexing"), read and written as a stream of tokens: a file has tens of thousands of blobs. Pure.</summary>
internal static class IndexJson
{
    private const int MaxDepth = 16;

    public static byte[] Write(IEnumerable<IReadOnlyList<PackedBlob>> packs, IReadOnlyList<string> supersedes)
    {
        var output = new ArrayBufferWriter<byte>(64 * 1024);
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { SkipValidation = true }))
        {
            json.WriteStartObject();
            if (supersedes.Count > 0)
            {
                json.WriteStartArray("supersedes"u8);
                foreach (var name in supersedes) json.WriteStringValue(name);
                json.WriteEndArray();
            }

            json.WriteStartArray("packs"u8);
            foreach (var blobs in packs) WritePack(json, blobs);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return output.WrittenSpan.ToArray();
    }

    /// <summary>Reads an index file; also the array of packs that restic wrote before 2015.</summary>
    /// <exception cref="JsonException">It is none; the message says where.</exception>
    public static IndexContents Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        var contents = new IndexContents();
        Advance(ref reader);
        if (reader.TokenType == JsonTokenType.StartArray)
        {
            ReadPacks(ref reader, contents);
        }
        else
        {
            Expect(ref reader, JsonTokenType.StartObject);
            while (NextProperty(ref reader))
            {
                if (reader.ValueTextEquals("supersedes"u8)) ReadSupersedes(ref reader, contents);
                else if (reader.ValueTextEquals("packs"u8))
                {
                    Advance(ref reader);
                    if (reader.TokenType != JsonTokenType.Null) ReadPacks(ref reader, contents);
                }
                else SkipValue(ref reader);
            }
        }

        if (reader.Read()) throw Wrong(ref reader, "more after its end");
        return contents;
    }

    private static void WritePack(Utf8JsonWriter json, IReadOnlyList<PackedBlob> blobs)
    {
        if (blobs.Count == 0) return;
        Span<byte> digits = stackalloc byte[2 * BlobId.Length];
        json.WriteStartObject();
        WriteId(json, blobs[0].Pack, digits);
        json.WriteStartArray("blobs"u8);
        foreach (var blob in blobs)
        {
            json.WriteStartObject();
            WriteId(json, blob.Id, digits);
            json.WriteString("type"u8, blob.Kind == BlobKind.Tree ? "tree"u8 : "data"u8);
            json.WriteNumber("offset"u8, blob.Offset);
            json.WriteNumber("length"u8, blob.Length);
            if (blob.IsCompressed) json.WriteNumber("uncompressed_length"u8, blob.UncompressedLength);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteId(Utf8JsonWriter json, BlobId id, Span<byte> digits)
    {
        Span<byte> bytes = stackalloc byte[BlobId.Length];
        id.CopyTo(bytes);
        Convert.TryToHexStringLower(bytes, digits, out _);
        json.WriteString("id"u8, digits);
    }

    private static void ReadSupersedes(ref Utf8JsonReader reader, IndexContents contents)
    {
        Advance(ref reader);
        if (reader.TokenType == JsonTokenType.Null) return;
        Expect(ref reader, JsonTokenType.StartArray);
        while (true)
        {
            Advance(ref reader);
            if (reader.TokenType == JsonTokenType.EndArray) return;
            contents.Supersedes.Add(ReadId(ref reader).ToString());
        }
    }

    private static void ReadPacks(ref Utf8JsonReader reader, IndexContents contents)
    {
        Expect(ref reader, JsonTokenType.StartArray);
        while (true)
        {
            Advance(ref reader);
            if (reader.TokenType == JsonTokenType.EndArray) return;
            ReadPack(ref reader, contents);
        }
    }

    private static void ReadPack(ref Utf8JsonReader reader, IndexContents contents)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        var first = contents.Blobs.Count;
        BlobId? pack = null;
        while (NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                Advance(ref reader);
                pack = ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("blobs"u8)) ReadBlobs(ref reader, contents);
            else SkipValue(ref reader);
        }

        if (pack is not { } name) throw Wrong(ref reader, "a pack without an id");
        contents.Packs.Add(name);
        for (var i = first; i < contents.Blobs.Count; i++) contents.Blobs[i] = contents.Blobs[i] with { Pack = name };
    }

    private static void ReadBlobs(ref Utf8JsonReader reader, IndexContents contents)
    {
        Advance(ref reader);
        if (reader.TokenType == JsonTokenType.Null) return;
        Expect(ref reader, JsonTokenType.StartArray);
        while (true)
        {
            Advance(ref reader);
            if (reader.TokenType == JsonTokenType.EndArray) return;
            contents.Blobs.Add(ReadBlob(ref reader));
        }
    }

    private static PackedBlob ReadBlob(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject);
        BlobId? id = null;
        BlobKind? kind = null;
        uint? offset = null, length = null;
        var uncompressed = 0u;
        while (NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("id"u8))
            {
                Advance(ref reader);
                id = ReadId(ref reader);
            }
            else if (reader.ValueTextEquals("type"u8))
            {
                Advance(ref reader);
                Expect(ref reader, JsonTokenType.String);
                kind = reader.ValueTextEquals("data"u8) ? BlobKind.Data : reader.ValueTextEquals("tree"u8) ? BlobKind.Tree : throw Wrong(ref reader, "an unknown type of blob");
            }
            else if (reader.ValueTextEquals("offset"u8)) offset = ReadNumber(ref reader);
            else if (reader.ValueTextEquals("length"u8)) length = ReadNumber(ref reader);
            else if (reader.ValueTextEquals("uncompressed_length"u8)) uncompressed = ReadNumber(ref reader);
            else SkipValue(ref reader);
        }

        if (id is not { } name || kind is not { } type || offset is not { } at || length is not { } size) throw Wrong(ref reader, "a blob without id, type, offset or length");
        if (!PackHeader.IsPlausible(size, uncompressed, compressed: false)) throw Wrong(ref reader, "a blob of an impossible length");
        return new(type, name, default, at, size, uncompressed);
    }

    private static uint ReadNumber(ref Utf8JsonReader reader)
    {
        Advance(ref reader);
        return reader.TokenType == JsonTokenType.Number && reader.TryGetUInt32(out var number) ? number : throw Wrong(ref reader, "no number of 32 bits");
    }

    private static BlobId ReadId(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        Span<byte> bytes = stackalloc byte[BlobId.Length];
        return !reader.HasValueSequence && reader.ValueSpan.Length == 2 * BlobId.Length
            && Convert.FromHexString(reader.ValueSpan, bytes, out _, out _) == OperationStatus.Done
            ? new(bytes) : throw Wrong(ref reader, "no id");
    }

    private static bool NextProperty(ref Utf8JsonReader reader)
    {
        Advance(ref reader);
        return reader.TokenType == JsonTokenType.PropertyName;
    }

    private static void SkipValue(ref Utf8JsonReader reader)
    {
        Advance(ref reader);
        reader.Skip();
    }

    private static void Advance(ref Utf8JsonReader reader)
    {
        if (!reader.Read()) throw Wrong(ref reader, "an early end");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType type)
    {
        if (reader.TokenType != type) throw Wrong(ref reader, $"{reader.TokenType} instead of {type}");
    }

    private static JsonException Wrong(ref Utf8JsonReader reader, string what) => new($"{what} at byte {reader.TokenStartIndex}");
}
