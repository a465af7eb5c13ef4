using Holdfast.Vault.Snapshots;

namespace Holdfast.Vault.Copying;

/// <summary>What became of a snapshot that was to be copied.</summary>
/// <param name="Source">The snapshot.</param>
/// <param name="Copy">Its copy, made now or before.</param>
/// <param name="WasThere">Whether it was made before.</param>
/// <param name="Blobs">How many blobs were copied for it.</param>
/// <param name="AddedBytes">What they take in the target.</param>
public sealed record CopyOutcome(Snapshot Source, Snapshot Copy, bool WasThere, long Blobs, long AddedBytes);
