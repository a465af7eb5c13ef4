using Holdfast.Protection.Backups;

namespace Holdfast.Protection.Databases;

/// <summary>A database that is in the vault, but in no snapshot yet.</summary>
/// <param name="Result">What the pipeline saved; its tree is the snapshot's.</param>
/// <param name="Paths">What the snapshot says that it holds.</param>
/// <param name="Details">What the engine must know to restore it.</param>
public sealed record SavedDatabase(BackupResult Result, IReadOnlyList<string> Paths, IReadOnlyList<KeyValuePair<string, string>> Details);
