namespace Holdfast.Protection.Backups;

/// <summary>A directory as it was seen before the backup came to it.</summary>
/// <param name="Names">Its entries' names, in order.</param>
/// <param name="Entries">What was seen of each; null where that is to be looked at.</param>
/// <param name="At">When the look began, as a timestamp of the clock.</param>
internal sealed record SeenDirectory(List<string> Names, SeenEntry?[] Entries, long At);
