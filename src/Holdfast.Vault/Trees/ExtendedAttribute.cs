namespace Holdfast.Vault.Trees;

/// <summary>An extended attribute; access control lists are <c>system.posix_acl_access</c> and <c>system.posix_acl_default</c>.</summary>
/// <param name="Name">With its namespace.</param>
/// <param name="Value">Its bytes.</param>
public sealed record ExtendedAttribute(string Name, byte[] Value);
