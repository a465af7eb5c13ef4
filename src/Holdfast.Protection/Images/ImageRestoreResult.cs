namespace Holdfast.Protection.Images;

/// <summary>What a restore of an image did.</summary>
/// <param name="WrittenBytes">What differed and was written, in bytes.</param>
/// <param name="ClearedBytes">What was made zero, in bytes.</param>
/// <param name="KeptBytes">What was right already, in bytes.</param>
public sealed record ImageRestoreResult(long WrittenBytes, long ClearedBytes, long KeptBytes);
