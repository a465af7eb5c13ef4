namespace Holdfast.Protection.Images;

/// <summary>What tells that a file was not written since.</summary>
/// <param name="Inode">Its inode.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="ModifiedNs">When its content changed, in nanoseconds since 1970.</param>
/// <param name="ChangedNs">When its inode changed, in nanoseconds since 1970; nobody can set it back.</param>
public sealed record FileIdentity(ulong Inode, long Length, long ModifiedNs, long ChangedNs);
