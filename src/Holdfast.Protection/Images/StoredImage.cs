using System.Text.Json;
using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Images;

/// <summary>An image in a vault: how it is cut and where its segments are. The content lists are read when they are needed.</summary>
public sealed class StoredImage
{
    private readonly BlobId[] _segments;

    private StoredImage(BlobId tree, ImageInfo info, BlobId[] segments)
    {
        Tree = tree;
        Info = info;
        _segments = segments;
    }

    /// <summary>Gets the tree of its directory.</summary>
    public BlobId Tree { get; }

    /// <summary>Gets what is known of it.</summary>
    public ImageInfo Info { get; }

    /// <summary>Gets how it is cut.</summary>
    public ImageLayout Layout => Info.Layout;

    /// <summary>Opens the image whose directory has this tree.</summary>
    /// <exception cref="HoldfastException"><c>image.not-one</c>, <c>image.damaged</c>, <c>image.too-new</c>, or what reading a blob answers.</exception>
    public static async Task<StoredImage> OpenAsync(IBlobSource source, BlobId tree, CancellationToken cancellationToken)
    {
        var (segments, parts) = await ImageTrees.LoadImageAsync(source, tree, cancellationToken);
        var bytes = new List<byte>();
        foreach (var part in parts) bytes.AddRange(await source.LoadAsync(BlobKind.Data, part, cancellationToken));
        var info = Parse([.. bytes]);
        if (info.Version > 1) throw new HoldfastException(ErrorKind.Conflict, "image.too-new", $"The image has version {info.Version}; this Holdfast knows 1.", "Update Holdfast.");
        if (info.Layout.Segments != segments.Length) throw new HoldfastException(ErrorKind.Conflict, "image.damaged", $"The image has {segments.Length} segments where {info.Layout.Segments} are its length.", "Find out what else is damaged: holdfast vault check");
        return new(tree, info, segments);
    }

    /// <summary>The tree of a segment.</summary>
    internal BlobId SegmentTree(int segment) => _segments[segment];

    /// <summary>The blobs of a segment, none where it is zero.</summary>
    internal async Task<BlobId[]> LoadSegmentAsync(IBlobSource source, int segment, CancellationToken cancellationToken) =>
        SegmentContent.Decode(Layout, segment, await ImageTrees.LoadSegmentAsync(source, _segments[segment], cancellationToken));

    private static ImageInfo Parse(byte[] json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, ImageJson.Default.ImageInfo) ?? throw new JsonException();
        }
        catch (JsonException malformed)
        {
            throw new HoldfastException(ErrorKind.Conflict, "image.damaged", $"The image's {ImageInfo.FileName} is malformed.", "Find out what else is damaged: holdfast vault check", malformed);
        }
    }
}
