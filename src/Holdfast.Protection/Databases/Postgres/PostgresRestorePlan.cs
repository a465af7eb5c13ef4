namespace Holdfast.Protection.Databases.Postgres;

/// <summary>How a database will be restored: nothing is written before there is one.</summary>
/// <param name="Snapshot">The base backup.</param>
/// <param name="Base">Its place in the log.</param>
/// <param name="Timeline">The timeline to follow.</param>
/// <param name="Log">The files of the log that are needed, in order; histories first.</param>
public sealed record PostgresRestorePlan(DatabaseSnapshot Snapshot, PostgresBase Base, TimelineHistory Timeline, IReadOnlyList<StoredLogFile> Log);
