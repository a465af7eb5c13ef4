using Holdfast.Cluster;

namespace Holdfast.Cli.CommandLine;

/// <summary>What the process exits with; documented in docs/exit-codes.md and stable.</summary>
internal enum ExitCode
{
    Ok = 0,
    Unexpected = 1,
    BadInput = 2,
    NotFound = 3,
    Conflict = 4,
    Unavailable = 5,
    Forbidden = 6,
    TimedOut = 7,
    Interrupted = 130,
    OutputClosed = 141,
}

internal static class ExitCodes
{
    /// <summary>Every code with its meaning, for the help.</summary>
    public static readonly (ExitCode Code, string Meaning)[] All =
    [
        (ExitCode.Ok, "done"),
        (ExitCode.Unexpected, "unexpected error"),
        (ExitCode.BadInput, "bad input or usage; it will be wrong again"),
        (ExitCode.NotFound, "the thing named does not exist"),
        (ExitCode.Conflict, "the state of the cluster forbids it now"),
        (ExitCode.Unavailable, "no agent, no quorum, or a node cannot be reached"),
        (ExitCode.Forbidden, "the caller may not do this"),
        (ExitCode.TimedOut, "asked to wait, and it took too long"),
        (ExitCode.Interrupted, "interrupted (Ctrl-C)"),
        (ExitCode.OutputClosed, "whoever read the output has gone"),
    ];

    public static ExitCode Of(Exception exception) => exception switch
    {
        WaitTimeoutException => ExitCode.TimedOut,
        AgentFaultException => ExitCode.Unexpected,
        HoldfastException error => error.Kind switch
        {
            ErrorKind.Invalid => ExitCode.BadInput,
            ErrorKind.NotFound => ExitCode.NotFound,
            ErrorKind.Conflict => ExitCode.Conflict,
            ErrorKind.Unavailable => ExitCode.Unavailable,
            ErrorKind.TooMany => ExitCode.Unavailable,
            ErrorKind.Forbidden or ErrorKind.Unauthenticated => ExitCode.Forbidden,
            _ => ExitCode.Unexpected,
        },
        OperationCanceledException => ExitCode.Interrupted,
        _ => ExitCode.Unexpected,
    };
}
