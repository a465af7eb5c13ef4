using System.Globalization;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Images;

/// <summary>The trees of an image in restic's form: a directory with one directory for each segment, in which one file, and with <c>image.json</c>.</summary>
/// <remarks>All metadata in them is constant, so equal segments are one tree: every hole of a chain is the same blob, whatever its place.</remarks>
internal static class ImageTrees
{
    private const string SegmentFile = "data";
    private const uint OwnerReadsAndWrites = 0x8180; // S_IFREG | 0600
    private const uint OwnerOnly = 0x41C0; // S_IFDIR | 0700

    /// <summary>The name of a segment's directory. In the order of names the segments are the image.</summary>
    public static string NameOf(int segment) => segment.ToString("D6", CultureInfo.InvariantCulture);

    /// <summary>Stores the tree of one segment's directory.</summary>
    public static ValueTask<SavedBlob> SaveSegmentAsync(IBlobSink sink, long length, IReadOnlyList<BlobId> content, CancellationToken cancellationToken) =>
        new Tree([File(SegmentFile, length, content)]).SaveAsync(sink, cancellationToken);

    /// <summary>Stores the tree of an image's directory.</summary>
    public static ValueTask<SavedBlob> SaveImageAsync(IBlobSink sink, IReadOnlyList<BlobId> segments, BlobId info, int infoLength, CancellationToken cancellationToken) =>
        new Tree([.. segments.Select((tree, segment) => Directory(NameOf(segment), tree)), File(ImageInfo.FileName, infoLength, [info])]).SaveAsync(sink, cancellationToken);

    /// <summary>Stores a tree with one directory in it: the parents of an image within its snapshot.</summary>
    public static ValueTask<SavedBlob> SaveParentAsync(IBlobSink sink, string name, BlobId tree, CancellationToken cancellationToken) =>
        new Tree([Directory(name, tree)]).SaveAsync(sink, cancellationToken);

    /// <summary>The content list of a segment.</summary>
    /// <exception cref="HoldfastException"><c>image.damaged</c>, <c>tree.damaged</c>.</exception>
    public static async Task<IReadOnlyList<BlobId>> LoadSegmentAsync(IBlobSource source, BlobId tree, CancellationToken cancellationToken) =>
        (await Tree.LoadAsync(source, tree, cancellationToken)).Find(SegmentFile)?.Content ?? throw Damaged("a segment has no content");

    /// <summary>The segments of an image and the blobs of its <c>image.json</c>.</summary>
    /// <exception cref="HoldfastException"><c>image.damaged</c>, <c>image.not-one</c>, <c>tree.damaged</c>.</exception>
    public static async Task<(BlobId[] Segments, IReadOnlyList<BlobId> Info)> LoadImageAsync(IBlobSource source, BlobId tree, CancellationToken cancellationToken)
    {
        var nodes = (await Tree.LoadAsync(source, tree, cancellationToken)).Nodes;
        var info = nodes.FirstOrDefault(node => node.Name == ImageInfo.FileName)?.Content
            ?? throw new HoldfastException(ErrorKind.Invalid, "image.not-one", "This folder of the snapshot is not the image of a volume.", "List what is in it: holdfast ls");
        var segments = new List<BlobId>(nodes.Count);
        foreach (var node in nodes)
        {
            if (node.Name == ImageInfo.FileName) continue;
            if (node.Name != NameOf(segments.Count) || node.Subtree is not { } segment) throw Damaged($"'{node.Name}' is where segment {segments.Count} should be");
            segments.Add(segment);
        }

        return ([.. segments], info);
    }

    private static Node File(string name, long length, IReadOnlyList<BlobId> content) =>
        new() { Name = name, Type = NodeType.File, Mode = NodeMode.FromLinux(OwnerReadsAndWrites), Size = (ulong)length, Links = 1, Content = content };

    private static Node Directory(string name, BlobId tree) => new() { Name = name, Type = NodeType.Directory, Mode = NodeMode.FromLinux(OwnerOnly), Subtree = tree };

    private static HoldfastException Damaged(string why) =>
        new(ErrorKind.Conflict, "image.damaged", $"The image cannot be read: {why}.", "Find out what else is damaged: holdfast vault check");
}
