using System.Collections.Immutable;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Collecting;

/// <summary>A run and what follows from it.</summary>
/// <param name="Row">The run.</param>
/// <param name="Snapshot">The snapshot that it made.</param>
/// <param name="ProvedSnapshot">The snapshot that it put to the proof.</param>
/// <param name="Proof">What came of that.</param>
/// <param name="Samples">What charts draw of it.</param>
public sealed record CollectedRun(OperationRow Row, CatalogueEntry? Snapshot, string? ProvedSnapshot, SnapshotProof? Proof, ImmutableArray<Sample> Samples);
