namespace Holdfast.Vault.Repository;

/// <summary>A key of a vault, as a list shows it.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="User">Who added it.</param>
/// <param name="Host">Where.</param>
/// <param name="Created">When; null when the file does not say.</param>
/// <param name="IsCurrent">Whether it is the one whose password was given.</param>
public sealed record VaultKeyInfo(string Name, string User, string Host, DateTimeOffset? Created, bool IsCurrent);
