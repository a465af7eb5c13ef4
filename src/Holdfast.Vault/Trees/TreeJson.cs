using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Trees;

/// <summary>Trees as restic's JSON. The same nodes are always the same bytes, and so the same blob.</summary>
public static partial class TreeJson
{
    /// <summary>Writes a tree. The nodes must be in the order of their names' bytes, each name once.</summary>
    /// <exception cref="ArgumentException">They are not.</exception>
    public static TreeText Write(IReadOnlyList<Node> nodes)
    {
        var text = new TreeText();
        try
        {
            text.Append("{\"nodes\":["u8);
            for (var at = 0; at < nodes.Count; at++)
            {
                if (at > 0)
                {
                    if (ByteText.Compare(nodes[at - 1].Name, nodes[at].Name) >= 0) throw new ArgumentException($"'{nodes[at].Name}' comes after '{nodes[at - 1].Name}'.", nameof(nodes));
                    text.Append((byte)',');
                }

                Write(text, nodes[at]);
            }

            text.Append("]}\n"u8);
            return text;
        }
        catch
        {
            text.Dispose();
            throw;
        }
    }

    private static void Write(TreeText text, Node node)
    {
        text.Append("{\"name\":"u8);
        GoText.AppendName(text, node.Name);
        text.Append(",\"type\":"u8);
        GoText.AppendString(text, node.UnknownType ?? node.Type.ToText());
        AppendNumber(text, ",\"mode\":"u8, node.Mode);
        AppendTime(text, ",\"mtime\":\""u8, node.ModifiedAt);
        AppendTime(text, ",\"atime\":\""u8, node.AccessedAt);
        AppendTime(text, ",\"ctime\":\""u8, node.ChangedAt);
        text.Append(",\"uid\":"u8);
        text.AppendNumber(node.Uid);
        text.Append(",\"gid\":"u8);
        text.AppendNumber(node.Gid);
        AppendString(text, ",\"user\":"u8, node.User);
        AppendString(text, ",\"group\":"u8, node.Group);
        AppendNumber(text, ",\"inode\":"u8, node.Inode);
        AppendNumber(text, ",\"device_id\":"u8, node.DeviceId);
        AppendNumber(text, ",\"size\":"u8, node.Size);
        AppendNumber(text, ",\"links\":"u8, node.Links);
        AppendString(text, ",\"linktarget\":"u8, node.LinkTarget);
        if (ByteText.HasEscapes(node.LinkTarget))
        {
            // Newer restics keep such a target here; 0.14 loses it.
            text.Append(",\"linktarget_raw\":\""u8);
            text.AppendBase64(ByteText.Encode(node.LinkTarget));
            text.Append((byte)'"');
        }

        if (node.ExtendedAttributes.Count > 0) AppendAttributes(text, node.ExtendedAttributes);
        if (node.GenericAttributes is { } generic)
        {
            text.Append(",\"generic_attributes\":"u8);
            text.Append(generic);
        }

        AppendNumber(text, ",\"device\":"u8, node.Device);
        AppendContent(text, node.Content);
        if (node.Subtree is { } subtree)
        {
            text.Append(",\"subtree\":"u8);
            AppendId(text, subtree);
        }

        AppendString(text, ",\"error\":"u8, node.Error);
        if (node.UnknownKeys is { } unknown) text.Append(unknown);
        text.Append((byte)'}');
    }

    private static void AppendAttributes(TreeText text, IReadOnlyList<ExtendedAttribute> attributes)
    {
        text.Append(",\"extended_attributes\":["u8);
        for (var at = 0; at < attributes.Count; at++)
        {
            if (at > 0) text.Append((byte)',');
            text.Append("{\"name\":"u8);
            GoText.AppendString(text, attributes[at].Name);
            text.Append(",\"value\":\""u8);
            text.AppendBase64(attributes[at].Value);
            text.Append("\"}"u8);
        }

        text.Append((byte)']');
    }

    private static void AppendContent(TreeText text, IReadOnlyList<BlobId>? content)
    {
        text.Append(",\"content\":"u8);
        if (content is null)
        {
            text.Append("null"u8);
            return;
        }

        text.Append((byte)'[');
        for (var at = 0; at < content.Count; at++)
        {
            if (at > 0) text.Append((byte)',');
            AppendId(text, content[at]);
        }

        text.Append((byte)']');
    }

    private static void AppendId(TreeText text, BlobId id)
    {
        Span<byte> bytes = stackalloc byte[BlobId.Length];
        id.CopyTo(bytes);
        text.Append((byte)'"');
        text.AppendHex(bytes);
        text.Append((byte)'"');
    }

    private static void AppendNumber(TreeText text, ReadOnlySpan<byte> key, ulong value)
    {
        if (value == 0) return;
        text.Append(key);
        text.AppendNumber(value);
    }

    private static void AppendString(TreeText text, ReadOnlySpan<byte> key, string value)
    {
        if (value.Length == 0) return;
        text.Append(key);
        GoText.AppendString(text, value);
    }

    private static void AppendTime(TreeText text, ReadOnlySpan<byte> key, NodeTime time)
    {
        text.Append(key);
        text.AppendTime(time);
        text.Append((byte)'"');
    }
}
