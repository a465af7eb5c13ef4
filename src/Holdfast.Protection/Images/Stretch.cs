using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Images;

/// <summary>What a worker reads at once: whole blobs of one segment.</summary>
internal sealed record Stretch(OpenSegment Segment, ByteRange Range);
