using System.Text.Json.Serialization;

namespace Holdfast.Protection.Images;

/// <summary>What <c>image.json</c> beside the segments says: how the image is cut, and what the next backup of the chain needs to know.</summary>
public sealed record ImageInfo
{
    /// <summary>The name of the file.</summary>
    public const string FileName = "image.json";

    /// <summary>Gets the version of this form.</summary>
    /// <value>1; a later one is refused with <c>image.too-new</c>.</value>
    public int Version { get; init; } = 1;

    /// <summary>Gets the length of the image in bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Gets the length of a blob in bytes.</summary>
    public required int BlobSize { get; init; }

    /// <summary>Gets the length of a segment in bytes.</summary>
    public required long SegmentSize { get; init; }

    /// <summary>Gets the file as it was, when that says that nothing was written since; null where it does not (devices, a file written a moment before).</summary>
    public FileIdentity? Identity { get; init; }

    /// <summary>Gets the kept state that the image was read from, to compare extents with at the next backup; null when none was kept.</summary>
    public KeptState? State { get; init; }

    /// <summary>Gets how far the file system's word about changed blocks is believed in this chain.</summary>
    public MapTrust MapTrust { get; init; } = new();

    /// <summary>Gets how it is cut.</summary>
    [JsonIgnore]
    public ImageLayout Layout => new() { Length = Length, BlobSize = BlobSize, SegmentSize = SegmentSize };
}
