using System.Runtime.InteropServices;

namespace Holdfast.Protection.Scanning;

/// <summary>A system call that failed, by its errno; <see cref="Exception.Message"/> is the system's text.</summary>
internal sealed class LinuxError(int number, string operation) : IOException($"{operation}: {Marshal.GetPInvokeErrorMessage(number)}")
{
    public const int NotPermitted = 1;
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int NoDevice = 6;
    public const int Again = 11;
    public const int AccessDenied = 13;
    public const int Exists = 17;
    public const int NotDirectory = 20;
    public const int IsDirectory = 21;
    public const int NotEmpty = 39;
    public const int TooManyLinks = 40;
    public const int NoData = 61;
    public const int NotSupported = 95;

    public int Number { get; } = number;

    /// <summary>Gets whether the thing is not there, or is no more.</summary>
    public bool IsVanished => Number is NoEntry or NotDirectory;

    /// <summary>The error of the call just made.</summary>
    public static LinuxError Last(string operation) => new(Marshal.GetLastPInvokeError(), operation);
}
