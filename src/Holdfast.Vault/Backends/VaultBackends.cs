namespace Holdfast.Vault.Backends;

/// <summary>Opens the back end that a location names.</summary>
public static class VaultBackends
{
    /// <summary>Opens a back end; nothing is asked of it yet.</summary>
    public static IVaultBackend Open(VaultUrl url) => url switch
    {
        VaultUrl.Directory directory => new DirectoryBackend(directory.Path),
        _ => throw new HoldfastException(ErrorKind.Invalid, "vault.url-invalid", $"{url} cannot be opened yet."),
    };
}
