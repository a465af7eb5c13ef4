namespace Holdfast.Vault.Repository;

/// <summary>The config of a vault: written once, when it is made.</summary>
/// <param name="Version">The version of the restic repository format, 1 or 2.</param>
/// <param name="Id">64 random hexadecimal digits that tell vaults apart.</param>
/// <param name="ChunkerPolynomial">What the chunker divides by; see <see cref="Chunking.Chunker"/>.</param>
public sealed record VaultConfig(int Version, string Id, ulong ChunkerPolynomial)
{
    /// <summary>The newest version of the format that is understood.</summary>
    public const int NewestVersion = 2;
}
