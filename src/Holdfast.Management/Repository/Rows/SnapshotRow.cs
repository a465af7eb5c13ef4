using System.Collections.Immutable;

namespace Holdfast.Management.Repository.Rows;

/// <summary>A snapshot in a vault, as the catalogue knows it.</summary>
public sealed record SnapshotRow
{
    /// <summary>Gets its id in the vault.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the vault.</summary>
    public required string Vault { get; init; }

    /// <summary>Gets its status: complete, partial, held, forgotten.</summary>
    public string Status { get; init; } = "complete";

    /// <summary>Gets what people call it.</summary>
    public required string Name { get; init; }

    /// <summary>Gets whether it is full or incremental.</summary>
    public string? Type { get; init; }

    /// <summary>Gets how many bytes it added to the vault; null when nobody counted.</summary>
    public long? DeltaBytes { get; init; }

    /// <summary>Gets how many bytes it holds; null when nobody counted.</summary>
    public long? UsedBytes { get; init; }

    /// <summary>Gets the shared volumes in it.</summary>
    public ImmutableArray<string> SharedVolumes { get; init; } = [];

    /// <summary>Gets its last proof; null when it was never proved.</summary>
    public SnapshotProof? Proof { get; init; }

    /// <summary>Gets when it was taken.</summary>
    public required DateTimeOffset Taken { get; init; }

    /// <summary>Gets the host in it.</summary>
    public required string Host { get; init; }

    /// <summary>Gets the machine that made it, by the name of its node; null when nobody said.</summary>
    public string? Node { get; init; }

    /// <summary>Gets its paths.</summary>
    public ImmutableArray<string> Paths { get; init; } = [];

    /// <summary>Gets its tags.</summary>
    public ImmutableArray<string> Tags { get; init; } = [];

    /// <summary>Gets the operation that made it (<see cref="OperationRow.Id"/>); null when it is not in the history.</summary>
    public string? Operation { get; init; }

    /// <summary>Gets the protected thing; null when nobody said which.</summary>
    public string? Thing { get; init; }
}
