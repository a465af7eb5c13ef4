using System.Text.Json;
using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Walking;

/// <summary>The blobs that a tree names, read without building its nodes: walking a vault is mostly this.</summary>
/// <param name="Subtrees">The trees of its directories.</param>
/// <param name="Content">The data blobs of its files, in their order.</param>
/// <param name="Faults">What is wrong with nodes of it, one sentence each.</param>
public sealed record TreeReferences(IReadOnlyList<BlobId> Subtrees, IReadOnlyList<BlobId> Content, IReadOnlyList<string> Faults)
{
    private const int MaxDepth = 64;

    /// <summary>Reads the JSON of a tree.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    public static TreeReferences Read(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        List<BlobId> subtrees = [], content = [];
        List<string> faults = [];
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) throw new JsonException("a tree is an object");

        var hasNodes = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isNodes = reader.ValueTextEquals("nodes"u8);
            reader.Read();
            if (!isNodes) reader.Skip();
            else if (reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject) ReadNode(ref reader, subtrees, content, faults);
            }

            hasNodes |= isNodes;
        }

        return hasNodes ? new(subtrees, content, faults) : throw new JsonException("a tree has nodes");
    }

    private static void ReadNode(ref Utf8JsonReader reader, List<BlobId> subtrees, List<BlobId> content, List<string> faults)
    {
        string? name = null, type = null;
        BlobId? subtree = null;
        var hasContent = false;
        var firstContent = content.Count;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("name"u8)) name = ReadText(ref reader);
            else if (reader.ValueTextEquals("type"u8)) type = ReadText(ref reader);
            else if (reader.ValueTextEquals("subtree"u8)) subtree = ReadId(ref reader);
            else if (reader.ValueTextEquals("content"u8)) hasContent = ReadContent(ref reader, content, faults);
            else
            {
                reader.Read();
                reader.Skip();
            }
        }

        if (string.IsNullOrEmpty(name)) faults.Add("a node has no name");
        switch (type)
        {
            case "dir" when subtree is { IsNone: false } id: subtrees.Add(id); break;
            case "dir": faults.Add($"the directory \"{name}\" has no tree"); break;
            case "file" when !hasContent: faults.Add($"the file \"{name}\" has no list of blobs"); break;
            case "file" or "symlink" or "dev" or "chardev" or "fifo" or "socket" or "irregular": break;
            default: faults.Add($"the node \"{name}\" has the type \"{type}\", which is not known"); break;
        }

        if (type != "file") content.RemoveRange(firstContent, content.Count - firstContent);
    }

    private static bool ReadContent(ref Utf8JsonReader reader, List<BlobId> content, List<string> faults)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray) return false;

        Span<byte> bytes = stackalloc byte[BlobId.Length];
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
        {
            if (reader.ValueSpan.Length == 2 * BlobId.Length && Convert.FromHexString(reader.ValueSpan, bytes, out _, out _) == System.Buffers.OperationStatus.Done) content.Add(new(bytes));
            else faults.Add("a file names a blob that is no id");
        }

        return true;
    }

    private static string? ReadText(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.String) throw new JsonException("a name or type is text");
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException wrong)
        {
            throw new JsonException("a name is no Unicode text", wrong);
        }
    }

    private static BlobId? ReadId(ref Utf8JsonReader reader) => BlobId.TryParse(ReadText(ref reader), out var id) ? id : null;
}
