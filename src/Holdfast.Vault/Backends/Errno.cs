namespace Holdfast.Vault.Backends;

/// <summary>The numbers by which Linux says why a call on a file failed.</summary>
internal static class Errno
{
    public const int NotPermitted = 1;
    public const int NoSuchFile = 2;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int NotAFolder = 20;
    public const int InvalidArgument = 22;
    public const int NoSpace = 28;
    public const int ReadOnlyFileSystem = 30;
    public const int NotImplemented = 38;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    /// <summary>The number behind an exception of .NET's file API, 0 when there is none.</summary>
    public static int Of(Exception exception) => exception switch
    {
        FileNotFoundException or DirectoryNotFoundException => NoSuchFile,
        UnauthorizedAccessException { InnerException: IOException inner } => inner.HResult,
        UnauthorizedAccessException => AccessDenied,
        IOException => exception.HResult,
        _ => 0,
    };
}
