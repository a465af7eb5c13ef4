namespace Holdfast.Management.Repository.Rows;

/// <summary>What became of the last proof of a snapshot.</summary>
/// <param name="State">completed or failed.</param>
public sealed record SnapshotProof(string State, DateTimeOffset At);
