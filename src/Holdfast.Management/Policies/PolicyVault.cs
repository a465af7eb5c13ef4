namespace Holdfast.Management.Policies;

/// <summary>A vault as policies name it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Location">Where it is, as every node reaches it: a folder, <c>rest:URL</c> or <c>s3:URL</c>.</param>
/// <param name="PasswordFile">The file with its password, at the same absolute path on every node.</param>
public sealed record PolicyVault(string Name, string Location, string PasswordFile);
