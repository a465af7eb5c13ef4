using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>The trees of an image in restic's form: a directory with one directory for each segment, in which one file, and with <c>image.json</c>.</summary>
/// <remarks>All metadata in them is constant, so equal segments are one tree: every hole of a chain is the same blob, whatever its place.</remarks>
internal static class ImageTrees
{
    private const uint GoDirectory = 1u << 31;
    private const string SegmentFile = "data";

    /// <summary>The name of a segment's directory. In the order of names the segments are the image.</summary>
    public static string NameOf(int segment) => segment.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>The tree of one segment's directory.</summary>
    public static byte[] WriteSegment(long length, IReadOnlyList<BlobId> content) => Write(json => WriteFile(json, SegmentFile, length, content));

    /// <summary>The tree of an image's directory.</summary>
    public static byte[] WriteImage(IReadOnlyList<BlobId> segments, BlobId info, int infoLength) => Write(json =>
    {
        for (var i = 0; i < segments.Count; i++) WriteDirectory(json, NameOf(i), segments[i]);
        WriteFile(json, ImageInfo.FileName, infoLength, [info]);
    });

    /// <summary>A tree with one directory in it: the parents of an image within its snapshot.</summary>
    public static byte[] WriteParent(string name, BlobId tree) => Write(json => WriteDirectory(json, name, tree));

    /// <summary>The content list of a segment.</summary>
    /// <exception cref="HoldfastException"><c>image.damaged</c>.</exception>
    public static List<BlobId> ReadSegment(ReadOnlyMemory<byte> tree) => Parse(tree, static node =>
        node.GetProperty("name").GetString() == SegmentFile ? Ids(node.GetProperty("content")) : null) is [{ } content] ? content : throw Damaged("a segment has no content");

    /// <summary>The segments of an image and the blobs of its <c>image.json</c>.</summary>
    /// <exception cref="HoldfastException"><c>image.damaged</c>, <c>image.not-one</c>.</exception>
    public static (BlobId[] Segments, List<BlobId> Info) ReadImage(ReadOnlyMemory<byte> tree)
    {
        var segments = new List<BlobId>();
        List<BlobId>? info = null;
        Parse<object>(tree, node =>
        {
            var name = node.GetProperty("name").GetString();
            if (name == ImageInfo.FileName) info = Ids(node.GetProperty("content"));
            else if (name != NameOf(segments.Count)) throw Damaged($"'{name}' is where segment {segments.Count} should be");
            else segments.Add(Id(node.GetProperty("subtree")));
            return null;
        });
        return info is null ? throw new HoldfastException(ErrorKind.Invalid, "image.not-one", "This folder of the snapshot is not the image of a volume.", "List what is in it: holdfast ls") : ([.. segments], info);
    }

    /// <summary>The directory of a name in a tree, or null.</summary>
    public static BlobId? FindDirectory(ReadOnlyMemory<byte> tree, string name)
    {
        BlobId? found = null;
        Parse<object>(tree, node =>
        {
            if (node.GetProperty("name").GetString() == name && node.TryGetProperty("subtree", out var subtree) && subtree.ValueKind == JsonValueKind.String) found = Id(subtree);
            return null;
        });
        return found;
    }

    private static byte[] Write(Action<Utf8JsonWriter> nodes)
    {
        var buffer = new ArrayBufferWriter<byte>(4096);
        using var json = new Utf8JsonWriter(buffer, new() { SkipValidation = true });
        json.WriteStartObject();
        json.WriteStartArray("nodes");
        nodes(json);
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteFile(Utf8JsonWriter json, string name, long length, IReadOnlyList<BlobId> content)
    {
        BeginNode(json, name, "file", 0b110_000_000);
        json.WriteNumber("size", length);
        json.WriteNumber("links", 1);
        json.WriteStartArray("content");
        Span<byte> bytes = stackalloc byte[BlobId.Length];
        Span<byte> text = stackalloc byte[2 * BlobId.Length];
        for (var i = 0; i < content.Count; i++)
        {
            content[i].CopyTo(bytes);
            Convert.TryToHexStringLower(bytes, text, out _);
            json.WriteStringValue(text);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteDirectory(Utf8JsonWriter json, string name, BlobId tree)
    {
        BeginNode(json, name, "dir", GoDirectory | 0b111_000_000);
        json.WriteNull("content");
        json.WriteString("subtree", tree.ToString());
        json.WriteEndObject();
    }

    private static void BeginNode(Utf8JsonWriter json, string name, string type, uint mode)
    {
        json.WriteStartObject();
        json.WriteString("name", name);
        json.WriteString("type", type);
        json.WriteNumber("mode", mode);
        json.WriteString("mtime", "1970-01-01T00:00:00Z");
        json.WriteString("atime", "1970-01-01T00:00:00Z");
        json.WriteString("ctime", "1970-01-01T00:00:00Z");
        json.WriteNumber("uid", 0);
        json.WriteNumber("gid", 0);
    }

    private static List<T> Parse<T>(ReadOnlyMemory<byte> tree, Func<JsonElement, T?> read)
        where T : class
    {
        try
        {
            using var document = JsonDocument.Parse(tree);
            var found = new List<T>();
            foreach (var node in document.RootElement.GetProperty("nodes").EnumerateArray())
            {
                if (read(node) is { } value) found.Add(value);
            }

            return found;
        }
        catch (Exception malformed) when (malformed is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            throw Damaged("its tree is malformed");
        }
    }

    private static List<BlobId> Ids(JsonElement array)
    {
        var ids = new List<BlobId>(array.GetArrayLength());
        foreach (var element in array.EnumerateArray()) ids.Add(Id(element));
        return ids;
    }

    private static BlobId Id(JsonElement element) => BlobId.TryParse(element.GetString(), out var id) ? id : throw new FormatException();

    private static HoldfastException Damaged(string why) =>
        new(ErrorKind.Conflict, "image.damaged", $"The image cannot be read: {why}.", "Find out what else is damaged: holdfast vault check");
}
