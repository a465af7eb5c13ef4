using Holdfast.Vault.Blobs;

namespace Holdfast.Vault.Repository;

/// <summary>An index file of a vault.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Packs">The packs that it lists, in its order.</param>
/// <param name="Supersedes">The index files that it was written to replace; they may still be there.</param>
public sealed record IndexFile(string Name, IReadOnlyList<BlobId> Packs, IReadOnlyList<string> Supersedes);
