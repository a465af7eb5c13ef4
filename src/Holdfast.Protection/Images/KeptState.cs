namespace Holdfast.Protection.Images;

/// <summary>A reflinked copy of an image file that is kept so that the next backup can compare extents with it.</summary>
/// <param name="Name">The file's name, in the folder of the image.</param>
/// <param name="Inode">Its inode.</param>
/// <param name="ChangedNs">When its inode last changed, in nanoseconds since 1970: any write to it would change this.</param>
public sealed record KeptState(string Name, ulong Inode, long ChangedNs);
