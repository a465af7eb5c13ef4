namespace Holdfast.Vault.Backends;

/// <summary>What a directory's file system says, as back ends say it.</summary>
internal static class DirectoryErrors
{
    public static HoldfastException Gone(DirectoryBackend backend) =>
        new(ErrorKind.Unavailable, "vault.unreachable", $"There is no directory {backend.Location}.", "Mount the disk it is on, or make a vault there: holdfast vault init");

    public static HoldfastException Of(DirectoryBackend backend, Exception error) => Errno.Of(error) switch
    {
        Errno.NoSpace or Errno.QuotaExceeded => BackendErrors.Full(backend, error),
        Errno.ReadOnlyFileSystem or Errno.AccessDenied or Errno.NotPermitted => BackendErrors.ReadOnly(backend, error.Message, error),
        Errno.NoSuchFile or Errno.NotAFolder => Gone(backend),
        _ => BackendErrors.Unreachable(backend, error.Message, error), // EIO, ESTALE, a lost disk.
    };
}
