namespace Holdfast.Protection.Backups;

/// <summary>Content that is cut into chunks.</summary>
internal interface IContent
{
    /// <summary>Reads at a place; 0 is the end. Places only grow.</summary>
    int Read(Span<byte> buffer, long offset);

    /// <summary>How many zeros of a hole begin at a place, without reading them.</summary>
    long ZerosAt(long offset);
}
