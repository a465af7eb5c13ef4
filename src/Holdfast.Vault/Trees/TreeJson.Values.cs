using System.Buffers;
using System.Text.Json;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Trees;

public static partial class TreeJson
{
    private const int MaxNameBytes = 64 * 1024; // Linux's own limit is 255; each byte may take ten in JSON.

    private enum Key
    {
        Unknown, Name, Type, Mode, Modified, Accessed, Changed, Uid, Gid, User, Group, Inode, DeviceId, Size, Links, LinkTarget, RawLinkTarget,
        Attributes, Generic, Device, Content, Subtree, Error,
    }

    private static Key KeyOf(ref Utf8JsonReader reader) => reader.ValueIsEscaped ? Key.Unknown : reader.ValueSpan.Length switch
    {
        3 => reader.ValueTextEquals("uid"u8) ? Key.Uid : reader.ValueTextEquals("gid"u8) ? Key.Gid : Key.Unknown,
        4 => reader.ValueTextEquals("name"u8) ? Key.Name : reader.ValueTextEquals("type"u8) ? Key.Type : reader.ValueTextEquals("mode"u8) ? Key.Mode
            : reader.ValueTextEquals("user"u8) ? Key.User : reader.ValueTextEquals("size"u8) ? Key.Size : Key.Unknown,
        5 => reader.ValueTextEquals("mtime"u8) ? Key.Modified : reader.ValueTextEquals("atime"u8) ? Key.Accessed : reader.ValueTextEquals("ctime"u8) ? Key.Changed
            : reader.ValueTextEquals("group"u8) ? Key.Group : reader.ValueTextEquals("inode"u8) ? Key.Inode : reader.ValueTextEquals("links"u8) ? Key.Links
            : reader.ValueTextEquals("error"u8) ? Key.Error : Key.Unknown,
        6 => reader.ValueTextEquals("device"u8) ? Key.Device : Key.Unknown,
        7 => reader.ValueTextEquals("content"u8) ? Key.Content : reader.ValueTextEquals("subtree"u8) ? Key.Subtree : Key.Unknown,
        9 => reader.ValueTextEquals("device_id"u8) ? Key.DeviceId : Key.Unknown,
        10 => reader.ValueTextEquals("linktarget"u8) ? Key.LinkTarget : Key.Unknown,
        14 => reader.ValueTextEquals("linktarget_raw"u8) ? Key.RawLinkTarget : Key.Unknown,
        18 => reader.ValueTextEquals("generic_attributes"u8) ? Key.Generic : Key.Unknown,
        19 => reader.ValueTextEquals("extended_attributes"u8) ? Key.Attributes : Key.Unknown,
        _ => Key.Unknown,
    };

    private static string ReadName(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length <= MaxNameBytes, "a name is no text, or too long");
        if (!reader.ValueIsEscaped)
        {
            Expect(GoText.TryUnquote(reader.ValueSpan, out var plain), "a name is not quoted as it should be");
            return plain;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(reader.ValueSpan.Length);
        try
        {
            var length = reader.CopyString(buffer);
            Expect(GoText.TryUnquote(buffer.AsSpan(0, length), out var name), "a name is not quoted as it should be");
            return name;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static NodeTime ReadTime(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.String && NodeTime.TryParse(reader.ValueSpan, out _), "a time is none");
        NodeTime.TryParse(reader.ValueSpan, out var time);
        return time;
    }

    private static BlobId ReadId(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length == 2 * BlobId.Length, "an id has not 64 digits");
        Span<byte> bytes = stackalloc byte[BlobId.Length];
        Expect(Convert.FromHexString(reader.ValueSpan, bytes, out _, out _) == OperationStatus.Done, "an id has not 64 digits");
        return new(bytes);
    }

    private static BlobId[] ReadContent(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, "a content is no array");
        var first = default(BlobId);
        List<BlobId>? ids = null;
        var count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            var id = ReadId(ref reader);
            if (count++ == 0) first = id;
            else (ids ??= [first]).Add(id);
        }

        return count switch { 0 => [], 1 => [first], _ => [.. ids!] };
    }

    private static List<ExtendedAttribute> ReadAttributes(ref Utf8JsonReader reader)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, "the extended attributes are no array");
        List<ExtendedAttribute> attributes = [];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(reader.TokenType == JsonTokenType.StartObject, "an extended attribute is no object");
            var name = "";
            byte[] value = [];
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isName = reader.ValueTextEquals("name"u8);
                var isValue = reader.ValueTextEquals("value"u8);
                reader.Read();
                if (isName) name = reader.GetString() ?? "";
                else if (isValue && reader.TokenType != JsonTokenType.Null) value = reader.GetBytesFromBase64();
                else reader.Skip();
            }

            attributes.Add(new(name, value));
        }

        return attributes;
    }

    /// <summary>The bytes of a value as they are, whatever it is.</summary>
    private static byte[] ReadRaw(ref Utf8JsonReader reader)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return System.Runtime.InteropServices.JsonMarshal.GetRawUtf8Value(document.RootElement).ToArray();
    }

    private static void Expect(bool holds, string otherwise)
    {
        if (!holds) throw new FormatException(otherwise + ".");
    }
}
