using Holdfast.Protection.Ranges;

namespace Holdfast.Protection.Images;

/// <summary>What an image is read from: a device, a file, or memory. It does not change while it is read.</summary>
public interface IImageSource : IDisposable
{
    /// <summary>Gets its length in bytes.</summary>
    long Length { get; }

    /// <summary>Gets where it may hold something other than zeroes; everything else reads as zeroes.</summary>
    RangeSet Data { get; }

    /// <summary>Fills the buffer from a place. May be called from many threads at once; blocks.</summary>
    /// <exception cref="HoldfastException"><c>volume.unreadable</c>, with the place.</exception>
    void Read(long offset, Span<byte> buffer);
}
