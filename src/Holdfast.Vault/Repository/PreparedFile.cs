using Holdfast.Vault.Backends;

namespace Holdfast.Vault.Repository;

/// <summary>A file that is sealed and not yet written.</summary>
/// <param name="File">What it will be called.</param>
/// <param name="Content">What it will hold.</param>
public sealed record PreparedFile(VaultFile File, byte[] Content);
