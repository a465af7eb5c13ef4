using Holdfast.Leash.Core;
using Holdfast.Leash.Native;
using Holdfast.Leash.Protocol;
using Holdfast.Leash.Revoking;

namespace Holdfast.Leash.Units;

/// <summary>A unit that is a PID namespace. The descriptors are read and closed under the leash's gate, because the guard signals through them.</summary>
internal sealed class ProcessUnit(string unit, Warrant warrant, string tag, bool hasMain) : UnitEntry(unit, UnitKind.Process, warrant, tag)
{
    private volatile bool _isRevoked = true;
    private volatile bool _isBeingRevoked;

    /// <summary>Gets or sets how what its commands do outside of the namespace is taken back. Changed under the gate.</summary>
    public Revocation[] Revocations { get; set; } = [];

    /// <summary>Gets or sets the lines that these were read from.</summary>
    public string[] RevocationLines { get; set; } = [];

    /// <summary>Gets or sets whether nothing is there, or left, to be taken back.</summary>
    public bool IsRevoked { get => _isRevoked; set => _isRevoked = value; }

    /// <summary>Gets or sets whether its end was asked for, or came: then it is taken back although the lease lives.</summary>
    public bool IsBeingRevoked { get => _isBeingRevoked; set => _isBeingRevoked = value; }

    /// <summary>Gets or sets the commands that run beside its namespace now, by process id and descriptor. Changed under the gate, as a whole.</summary>
    public (int Pid, int Descriptor)[] Beside { get; set; } = [];

    /// <summary>Gets or sets whether its processes are over and reaped; on the queue only.</summary>
    public bool IsReaped { get; set; }

    /// <summary>Gets or sets whether it ended although nobody asked for it; on the queue only.</summary>
    public bool EndedByItself { get; set; }

    /// <summary>Gets whether it has a main process; without one it only keeps a namespace for commands.</summary>
    public bool HasMain { get; } = hasMain;

    /// <summary>Gets or sets our own child: the program that made the namespace and waits for its init.</summary>
    public int OuterPid { get; set; }

    public int OuterFd { get; set; } = -1;

    public int InitPid { get; set; }

    public int InitFd { get; set; } = -1;

    public int MainPid { get; set; }

    public int MainFd { get; set; } = -1;

    /// <summary>Gets or sets our end of the talk with its init; only the reactor uses it.</summary>
    public int Socket { get; set; } = -1;

    /// <summary>Gets or sets the exit code of our child, once it was reaped.</summary>
    public int? ExitCode { get; set; }

    /// <summary>Gets or sets why the start was given up.</summary>
    public Refusal? StartFailure { get; set; }

    /// <summary>Gets who waits for the namespace to stand (or not).</summary>
    public List<Action<Refusal?>> Starting { get; } = [];

    /// <summary>Gets who waits for its end.</summary>
    public List<Action<Refusal?>> Ending { get; } = [];

    /// <summary>Ends everything in it. Under the gate; no allocation, no wait.</summary>
    public void Kill()
    {
        foreach (var (pid, descriptor) in Beside)
        {
            Libc.PidFdSendSignal(descriptor, Libc.SIGKILL);
            Libc.kill(-pid, Libc.SIGKILL); // Its session; it leaves this list before it is reaped, so the id is not another's.
        }

        // To end, a process has to run once more; where hundreds are to end, or others keep the machine busy, it would get to that beyond the deadline.
        if (MainFd >= 0 && !Libc.HasExited(MainFd)) RealTime.TryRaise(1, MainPid);
        if (InitFd >= 0) Libc.PidFdSendSignal(InitFd, Libc.SIGKILL);
        else if (OuterFd >= 0) Libc.PidFdSendSignal(OuterFd, Libc.SIGKILL); // Still starting: nothing of it may run without our word.
    }

    /// <summary>Whether the kernel has ended every process of the namespace. Under the gate.</summary>
    public bool IsOver()
    {
        foreach (var (_, descriptor) in Beside)
        {
            if (!Libc.HasExited(descriptor)) return false;
        }

        return InitFd >= 0 ? Libc.HasExited(InitFd) : ExitCode is not null;
    }

    /// <summary>Closes the descriptors. Under the gate.</summary>
    public void CloseDescriptors()
    {
        foreach (var fd in (ReadOnlySpan<int>)[OuterFd, InitFd, MainFd])
        {
            if (fd >= 0) Libc.close(fd);
        }

        (OuterFd, InitFd, MainFd) = (-1, -1, -1);
    }
}
