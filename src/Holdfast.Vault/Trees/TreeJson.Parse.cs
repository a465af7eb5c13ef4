using System.Text.Json;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Trees;

public static partial class TreeJson
{
    /// <summary>Reads a tree.</summary>
    /// <param name="json">The blob's content.</param>
    /// <param name="id">The blob, for the error.</param>
    /// <exception cref="HoldfastException"><c>tree.damaged</c>: it is no tree.</exception>
    public static Tree Parse(ReadOnlySpan<byte> json, BlobId id)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            List<Node> nodes = [];
            Expect(reader.Read() && reader.TokenType == JsonTokenType.StartObject, "it is no object");
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isNodes = reader.ValueTextEquals("nodes"u8);
                reader.Read();
                if (!isNodes || reader.TokenType == JsonTokenType.Null) reader.Skip();
                else ReadNodes(ref reader, nodes);
            }

            while (reader.Read()) { } // What comes after it must be white space.
            return new(nodes);
        }
        catch (Exception refused) when (refused is JsonException or InvalidOperationException or FormatException)
        {
            throw new HoldfastException(ErrorKind.Conflict, "tree.damaged", $"The tree {id.ToShortString()} cannot be read: {refused.Message}", "Find out what else is damaged: holdfast vault check", refused);
        }
    }

    private static void ReadNodes(ref Utf8JsonReader reader, List<Node> nodes)
    {
        Expect(reader.TokenType == JsonTokenType.StartArray, "its nodes are no array");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(reader.TokenType == JsonTokenType.StartObject, "a node is no object");
            nodes.Add(ReadNode(ref reader));
        }
    }

    private static Node ReadNode(ref Utf8JsonReader reader)
    {
        // A mutable copy would need a field for each of these; a record's initialiser takes them all at the end.
        string name = "", user = "", group = "", linkTarget = "", error = "";
        string? unknownType = null, rawTarget = null;
        NodeType type = default;
        NodeTime modified = default, accessed = default, changed = default;
        uint mode = 0, uid = 0, gid = 0;
        ulong inode = 0, deviceId = 0, size = 0, links = 0, device = 0;
        IReadOnlyList<ExtendedAttribute> attributes = [];
        BlobId[]? content = null;
        BlobId? subtree = null;
        byte[]? generic = null, unknown = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var key = KeyOf(ref reader);
            var unknownKey = key == Key.Unknown ? reader.ValueSpan.ToArray() : [];
            reader.Read();
            if (reader.TokenType == JsonTokenType.Null && key != Key.Unknown) continue;
            switch (key)
            {
                case Key.Name: name = ReadName(ref reader); break;
                case Key.Type:
                    Expect(reader.TokenType == JsonTokenType.String, "a type is no text");
                    type = NodeTypes.Parse(reader.ValueSpan);
                    if (type == NodeType.Unknown) unknownType = reader.GetString();
                    break;
                case Key.Mode: mode = reader.GetUInt32(); break;
                case Key.Modified: modified = ReadTime(ref reader); break;
                case Key.Accessed: accessed = ReadTime(ref reader); break;
                case Key.Changed: changed = ReadTime(ref reader); break;
                case Key.Uid: uid = reader.GetUInt32(); break;
                case Key.Gid: gid = reader.GetUInt32(); break;
                case Key.User: user = reader.GetString()!; break;
                case Key.Group: group = reader.GetString()!; break;
                case Key.Inode: inode = reader.GetUInt64(); break;
                case Key.DeviceId: deviceId = reader.GetUInt64(); break;
                case Key.Size: size = reader.GetUInt64(); break;
                case Key.Links: links = reader.GetUInt64(); break;
                case Key.LinkTarget: linkTarget = reader.GetString()!; break;
                case Key.RawLinkTarget: rawTarget = ByteText.Decode(reader.GetBytesFromBase64()); break;
                case Key.Attributes: attributes = ReadAttributes(ref reader); break;
                case Key.Generic: generic = ReadRaw(ref reader); break;
                case Key.Device: device = reader.GetUInt64(); break;
                case Key.Content: content = ReadContent(ref reader); break;
                case Key.Subtree: subtree = ReadId(ref reader); break;
                case Key.Error: error = reader.GetString()!; break;
                default: unknown = [.. unknown ?? [], (byte)',', (byte)'"', .. unknownKey, (byte)'"', (byte)':', .. ReadRaw(ref reader)]; break;
            }
        }

        return new()
        {
            Name = name, Type = type, Mode = mode, ModifiedAt = modified, AccessedAt = accessed, ChangedAt = changed, Uid = uid, Gid = gid, User = user, Group = group,
            Inode = inode, DeviceId = deviceId, Size = size, Links = links, LinkTarget = rawTarget ?? linkTarget, ExtendedAttributes = attributes, Device = device,
            Content = content, Subtree = subtree, Error = error, UnknownType = unknownType, GenericAttributes = generic, UnknownKeys = unknown,
        };
    }
}
