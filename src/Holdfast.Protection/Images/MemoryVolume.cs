using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Images;

/// <summary>A volume in memory, for tests and rehearsals.</summary>
public sealed class MemoryVolume(byte[] content, RangeSet? data = null) : IImageSource
{
    private long _readBytes;

    /// <inheritdoc/>
    public long Length => content.Length;

    /// <inheritdoc/>
    public RangeSet Data { get; } = data ?? RangeSet.All(content.Length);

    /// <summary>Gets how many bytes were read from it.</summary>
    public long ReadBytes => Interlocked.Read(ref _readBytes);

    /// <inheritdoc/>
    public void Read(long offset, Span<byte> buffer)
    {
        content.AsSpan((int)offset, buffer.Length).CopyTo(buffer);
        Interlocked.Add(ref _readBytes, buffer.Length);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
    }
}
