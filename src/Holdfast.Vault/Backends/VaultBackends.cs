namespace Holdfast.Vault.Backends;

/// <summary>Opens the back end that a location names.</summary>
public static class VaultBackends
{
    /// <summary>Opens a back end; nothing is asked of it yet. What is elsewhere is tried again when it cannot be reached, and limited, as the options say.</summary>
    /// <exception cref="HoldfastException"><c>vault.authority-invalid</c>, <c>vault.credentials-missing</c>.</exception>
    public static IVaultBackend Open(VaultUrl url, VaultConnectOptions? options = null)
    {
        options ??= new();
        IVaultBackend backend = url switch
        {
            VaultUrl.Directory directory => new DirectoryBackend(directory.Path),
            VaultUrl.Rest rest => new RestBackend(rest, options),
            VaultUrl.S3 s3 => new S3Backend(s3, options),
            _ => throw new InvalidOperationException($"no back end for {url}"),
        };
        if (options.UploadBytesPerSecond is not null || options.DownloadBytesPerSecond is not null)
        {
            backend = new LimitedBackend(backend, options.UploadBytesPerSecond, options.DownloadBytesPerSecond, options.Time);
        }

        // A directory answers at once, or its disk is broken.
        if (options.Retry is not { } retry || url is VaultUrl.Directory) return backend;
        var retrying = new RetryingBackend(backend, retry, options.Time);
        retrying.Waiting += options.Waiting;
        return retrying;
    }
}
