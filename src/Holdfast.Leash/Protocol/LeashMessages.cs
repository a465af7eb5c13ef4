namespace Holdfast.Leash.Protocol;

/// <summary>An instant on both boot-scoped clocks; it is reached when either clock says so (leases rule 3).</summary>
/// <param name="BootNanoseconds">CLOCK_BOOTTIME.</param>
/// <param name="RawNanoseconds">CLOCK_MONOTONIC_RAW.</param>
public readonly record struct LeashInstant(long BootNanoseconds, long RawNanoseconds);

/// <summary>A role's epoch, ordered by generation and number.</summary>
public readonly record struct RoleEpoch(int Generation, long Number) : IComparable<RoleEpoch>
{
    /// <inheritdoc/>
    public int CompareTo(RoleEpoch other) => Generation != other.Generation ? Generation.CompareTo(other.Generation) : Number.CompareTo(other.Number);

    /// <inheritdoc/>
    public override string ToString() => $"{Generation}.{Number}";
}

/// <summary>On whose behalf an effect is made. A null role is infrastructure (the node's etcd member): it lives outside the lease and ends with the leash.</summary>
public sealed record Warrant(string? Role, long Incarnation, RoleEpoch Epoch);

/// <summary>A process to start.</summary>
public sealed record StartRequest
{
    /// <summary>Gets the unit: <c>role/resource</c>, or <c>@name</c> for infrastructure.</summary>
    public required string Unit { get; init; }

    /// <summary>Gets the warrant.</summary>
    public required Warrant Warrant { get; init; }

    /// <summary>Gets the command and its arguments; looked up in PATH.</summary>
    public required string[] Command { get; init; }

    /// <summary>Gets variables added to a small clean environment, as <c>NAME=value</c>.</summary>
    public string[] Environment { get; init; } = [];

    /// <summary>Gets the account it runs as; null is the leash's own.</summary>
    public string? User { get; init; }

    /// <summary>Gets its working directory; null is <c>/</c>.</summary>
    public string? Directory { get; init; }

    /// <summary>Gets the file that its output is appended to; null discards it.</summary>
    public string? LogFile { get; init; }

    /// <summary>Gets a text that the leash keeps for the agent: what was started, so that a new agent can tell whether it still is what is wanted.</summary>
    public string Tag { get; init; } = "";

    /// <summary>Gets the host name that it sees, in a UTS namespace of the unit's own; null is the machine's.</summary>
    public string? HostName { get; init; }
}

/// <summary>A command to run to its end inside a unit.</summary>
public sealed record RunRequest
{
    public required string Unit { get; init; }

    public required Warrant Warrant { get; init; }

    public required string[] Command { get; init; }

    public string[] Environment { get; init; } = [];

    public string? User { get; init; }

    public string? Directory { get; init; }

    /// <summary>Gets how long it may take; then it is killed.</summary>
    public required TimeSpan Timeout { get; init; }

    /// <summary>
    /// Gets the tag that the unit has after the command exited with 0 (see <see cref="StartRequest.Tag"/>); while it runs, and
    /// after it failed, the tag is empty, so that nobody adopts what is half done. Null leaves the tag alone.
    /// </summary>
    public string? Tag { get; init; }

    /// <summary>Gets the host name that the unit's processes see; null is the machine's. It counts when the unit's namespace is made.</summary>
    public string? HostName { get; init; }

    /// <summary>
    /// Gets how the leash takes back what the command does outside of the unit's namespace, made by <see cref="Protocol.Revocations"/>.
    /// They are listed before the command runs and are the unit's from then on: it is over only when each is verified. The unit's
    /// mounts are then the machine's. None leaves those of the unit as they are.
    /// </summary>
    public string[] Revocations { get; init; } = [];

    /// <summary>
    /// Gets whether the command runs among the machine's processes instead of in the unit's namespace: for one whose peer must be able to
    /// tell who it is, as <c>systemctl</c> and systemd do. The leash ends it like everything of the unit, but not what it leaves behind.
    /// </summary>
    public bool InMachine { get; init; }
}

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + n when a signal ended it.</param>
/// <param name="TimedOut">Whether it was killed because it took too long.</param>
/// <param name="Output">The last 4 KiB of what it printed on both streams.</param>
public sealed record RunResult(int ExitCode, bool TimedOut, string Output);

/// <summary>An address to add.</summary>
/// <param name="Unit">The unit it belongs to.</param>
/// <param name="Warrant">The warrant.</param>
/// <param name="Interface">The interface's name.</param>
/// <param name="Address">The address with its prefix length, such as <c>10.0.0.5/24</c>.</param>
/// <param name="Tag">A text kept for the agent.</param>
public sealed record AddressRequest(string Unit, Warrant Warrant, string Interface, string Address, string Tag);

/// <summary>A file system to mount.</summary>
public sealed record MountRequest(string Unit, Warrant Warrant, string Device, string Target, string FileSystem, string Options, string Tag);

/// <summary>What kind of thing a held unit is.</summary>
public enum UnitKind
{
    /// <summary>A PID namespace, with or without a main process.</summary>
    Process,

    /// <summary>An address.</summary>
    Address,

    /// <summary>A mounted file system.</summary>
    Mount,
}

/// <summary>Something the leash holds.</summary>
/// <param name="Unit">Its unit.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Role">The role; null for infrastructure.</param>
/// <param name="Epoch">The epoch it was made at.</param>
/// <param name="Tag">The agent's text.</param>
/// <param name="ProcessId">The main process, in the leash's PID namespace; 0 when there is none, or when it is being stopped and must not be taken for running.</param>
public sealed record HeldUnit(string Unit, UnitKind Kind, string? Role, RoleEpoch Epoch, string Tag, int ProcessId);

/// <summary>What the leash holds now.</summary>
public sealed record LeashState
{
    /// <summary>Gets the kernel's boot id.</summary>
    public required string BootId { get; init; }

    /// <summary>Gets the present incarnation; 0 when none was minted since the leash started.</summary>
    public required long Incarnation { get; init; }

    /// <summary>Gets whether that incarnation is over.</summary>
    public required bool Expired { get; init; }

    /// <summary>Gets whether nothing of any ended incarnation is left.</summary>
    public required bool Clean { get; init; }

    /// <summary>Gets the deadline.</summary>
    public required LeashInstant Deadline { get; init; }

    /// <summary>Gets the worst time a sweep has taken from deadline to verified clean since the leash started.</summary>
    public required TimeSpan WorstSweep { get; init; }

    /// <summary>Gets what it holds.</summary>
    public required HeldUnit[] Units { get; init; }
}

/// <summary>Something the leash tells without being asked.</summary>
public abstract record LeashEvent
{
    private LeashEvent()
    {
    }

    /// <summary>A unit's main process ended by itself, and its namespace with it.</summary>
    public sealed record UnitExited(string Unit, RoleEpoch Epoch, int ProcessId, int ExitCode) : LeashEvent;

    /// <summary>The incarnation is over: nothing starts any more, everything of it is being ended.</summary>
    public sealed record Expired(long Incarnation, string Reason) : LeashEvent;

    /// <summary>Nothing of the incarnation is left.</summary>
    public sealed record Clean(long Incarnation, TimeSpan Took) : LeashEvent;

    /// <summary>The connection to the leash is gone. Nothing more follows.</summary>
    public sealed record Disconnected : LeashEvent;
}

/// <summary>The leash refuses, and why.</summary>
/// <param name="code">A stable code: <c>leash.expired</c>, <c>leash.incarnation</c>, <c>leash.epoch-closed</c>, <c>leash.not-clean</c>, <c>leash.failed</c>.</param>
/// <param name="message">What was refused and why.</param>
public sealed class LeashRefusedException(string code, string message) : Exception(message)
{
    /// <summary>Gets the stable code.</summary>
    public string Code { get; } = code;
}
