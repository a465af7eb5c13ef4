using Holdfast.Vault.Crypto;

namespace Holdfast.Vault.Repository;

/// <summary>How a vault is made.</summary>
public sealed record VaultInitOptions
{
    /// <summary>Gets the version of the format: 2, or 1 for readers older than restic 0.14 (without compression).</summary>
    /// <value>The default is 2.</value>
    public int Version { get; init; } = VaultConfig.NewestVersion;

    /// <summary>Gets the chunker's polynomial, for a vault that shall share its cuts with another (copies deduplicate only then).</summary>
    /// <value>The default is null: a random one.</value>
    public ulong? ChunkerPolynomial { get; init; }

    /// <summary>Gets how hard the first key's password is to try.</summary>
    /// <value>The default is null: measured, so that it takes this machine about half a second.</value>
    public ScryptParameters? KeyDerivation { get; init; }
}
