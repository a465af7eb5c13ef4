namespace Holdfast.Protection.Images;

/// <summary>What an image is restored to. May be called from many threads at once, for different places.</summary>
public interface IImageTarget : IDisposable
{
    /// <summary>Gets whether it held nothing before, so that everything in it is zero.</summary>
    bool IsEmpty { get; }

    /// <summary>Fills the buffer from a place.</summary>
    void Read(long offset, Span<byte> buffer);

    /// <summary>Writes.</summary>
    /// <exception cref="HoldfastException"><c>volume.unwritable</c>, with the place.</exception>
    void Write(long offset, ReadOnlySpan<byte> content);

    /// <summary>Makes a stretch zero, without using space where the target can.</summary>
    void Clear(long offset, long length);

    /// <summary>Returns when everything is on the disk.</summary>
    void Flush();
}
