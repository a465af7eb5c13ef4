namespace Holdfast.Protection.Backups;

/// <summary>What comes from a stream, such as standard input.</summary>
internal sealed class StreamContent(Stream stream) : IContent
{
    public int Read(Span<byte> buffer, long offset) => stream.Read(buffer);

    public long ZerosAt(long offset) => 0;
}
