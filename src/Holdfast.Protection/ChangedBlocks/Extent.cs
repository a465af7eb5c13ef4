namespace Holdfast.Protection.ChangedBlocks;

/// <summary>Where a stretch of a file is on its disk, as the file system says.</summary>
/// <param name="Logical">Where in the file it begins, in bytes.</param>
/// <param name="Physical">Where on the disk it begins, in bytes.</param>
/// <param name="Length">How long it is, in bytes.</param>
/// <param name="Flags">What the file system says of it.</param>
public readonly record struct Extent(long Logical, long Physical, long Length, ExtentFlags Flags)
{
    /// <summary>Gets the first byte in the file after it.</summary>
    public long End => Logical + Length;
}
