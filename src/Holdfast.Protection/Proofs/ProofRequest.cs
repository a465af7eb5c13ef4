using Holdfast.Vault.Blobs;

namespace Holdfast.Protection.Proofs;

/// <summary>What is to be proved of a snapshot.</summary>
public sealed record ProofRequest
{
    /// <summary>Gets its root tree.</summary>
    public required BlobId Tree { get; init; }

    /// <summary>Gets the folder that it is restored to; it is removed before and after, with everything in it.</summary>
    public required string Scratch { get; init; }

    /// <summary>Gets how many bytes of files are restored, chosen by chance; null, the default, for all.</summary>
    public long? SampleBytes { get; init; }

    /// <summary>Gets the chance.</summary>
    public Random Random { get; init; } = Random.Shared;

    /// <summary>Gets who is told of each thing that is not as it should be. Called by several threads.</summary>
    public Action<string>? OnFinding { get; init; }
}
