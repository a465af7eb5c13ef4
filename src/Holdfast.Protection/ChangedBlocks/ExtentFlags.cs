namespace Holdfast.Protection.ChangedBlocks;

/// <summary>What a file system says of an extent: <c>FIEMAP_EXTENT_…</c> of <c>linux/fiemap.h</c>.</summary>
[Flags]
public enum ExtentFlags : uint
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>The last of the file.</summary>
    Last = 0x1,

    /// <summary>It is on no known place of the disk.</summary>
    Unknown = 0x2,

    /// <summary>It has no place yet.</summary>
    DelayedAllocation = 0x4,

    /// <summary>Its content cannot be read from the disk: compressed, for example.</summary>
    Encoded = 0x8,

    /// <summary>Its content is encrypted.</summary>
    Encrypted = 0x80,

    /// <summary>It does not begin at a block.</summary>
    NotAligned = 0x100,

    /// <summary>It is within metadata.</summary>
    Inline = 0x200,

    /// <summary>It shares a block with other files.</summary>
    TailPacked = 0x400,

    /// <summary>It has a place, and reads as zeroes.</summary>
    Unwritten = 0x800,

    /// <summary>Several blocks were put together for this answer.</summary>
    Merged = 0x1000,

    /// <summary>Other files have it too, so the file system will not write to it.</summary>
    Shared = 0x2000,
}
