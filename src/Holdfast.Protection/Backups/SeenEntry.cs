using Holdfast.Protection.Scanning;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Backups;

/// <summary>What was seen of an entry.</summary>
/// <param name="Stat">What Linux knew of it.</param>
/// <param name="Attributes">A file's extended attributes; null for what is no file.</param>
internal readonly record struct SeenEntry(FileStat Stat, IReadOnlyList<ExtendedAttribute>? Attributes);
