namespace Holdfast.Protection.Databases;

/// <summary>Files from which a database server can start.</summary>
/// <param name="Folder">The data folder.</param>
/// <param name="Base">The base backup.</param>
/// <param name="Target">How far it will go when it starts.</param>
/// <param name="Logs">The log files that it needs for that, in order; empty for an engine without them.</param>
/// <param name="Settings">The settings of the recovery, as the engine names them; empty of a dry run.</param>
/// <param name="Bytes">What was written, or of a dry run would be.</param>
public sealed record RestoredDatabase(string Folder, DatabaseSnapshot Base, RecoveryTarget Target, IReadOnlyList<string> Logs, IReadOnlyDictionary<string, string> Settings, long Bytes);
