namespace Holdfast.Protection.Restores;

/// <summary>A restore that came to its end.</summary>
/// <param name="Files">The files and other things restored, directories not counted.</param>
/// <param name="Bytes">The bytes of those files.</param>
/// <param name="WrittenBytes">What of them was written: the rest was there already, or is holes.</param>
/// <param name="Deleted">The things removed.</param>
/// <param name="VerifiedFiles">The files read back and found right.</param>
/// <param name="Failures">The things that are not as they should be.</param>
public sealed record RestoreResult(long Files, long Bytes, long WrittenBytes, long Deleted, long VerifiedFiles, long Failures);
