namespace Holdfast.Protection.Ranges;

/// <summary>A stretch of a volume, in bytes.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="Length">How long it is.</param>
public readonly record struct ByteRange(long Offset, long Length)
{
    /// <summary>Gets the first byte after it.</summary>
    public long End => Offset + Length;

    /// <summary>From its first byte to the first one after it.</summary>
    public static ByteRange Between(long start, long end) => new(start, end - start);

    /// <inheritdoc/>
    public override string ToString() => $"{Offset}+{Length}";
}
