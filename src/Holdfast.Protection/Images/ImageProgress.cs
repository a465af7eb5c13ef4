namespace Holdfast.Protection.Images;

/// <summary>How far a backup or a restore of an image has come.</summary>
/// <param name="DoneBytes">What was read or compared, in bytes.</param>
/// <param name="TotalBytes">What there is to read or to compare, in bytes.</param>
public readonly record struct ImageProgress(long DoneBytes, long TotalBytes);
