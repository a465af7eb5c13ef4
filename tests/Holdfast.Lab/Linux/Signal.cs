namespace Holdfast.Lab.Linux;

/// <summary>The signals that faults use.</summary>
public enum Signal
{
    /// <summary>Ends a process that may not object.</summary>
    Kill = 9,

    /// <summary>Asks a process to end.</summary>
    Terminate = 15,

    /// <summary>Lets a stopped process go on.</summary>
    Continue = 18,

    /// <summary>Stops a process: it lives, holds its sockets and does nothing.</summary>
    Stop = 19,
}
