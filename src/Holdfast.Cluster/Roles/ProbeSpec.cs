using System.Collections.Immutable;

namespace Holdfast.Cluster.Roles;

/// <summary>How a probe asks. Process exit needs no probe: it is always seen, at once.</summary>
public enum ProbeKind
{
    /// <summary>A TCP connection to host:port succeeds.</summary>
    Tcp,

    /// <summary>An HTTP GET answers with a status from 200 to 399.</summary>
    Http,

    /// <summary>A command, run beside the resource and as its user, exits with 0.</summary>
    Command,
}

/// <summary>What follows from a probe's answer.</summary>
public enum ProbePurpose
{
    /// <summary>It must pass before the resource counts as online, and when it fails later the resource has failed.</summary>
    Both,

    /// <summary>Asked once online only: when it fails the resource has failed, and is started again.</summary>
    Liveness,

    /// <summary>It must pass before the resource counts as online; when it fails later the resource is not ready, which is told but ends nothing.</summary>
    Readiness,
}

/// <summary>A periodic question whether a resource works. A probe that hangs counts as failed.</summary>
public sealed record ProbeSpec
{
    /// <summary>Gets how it asks.</summary>
    public required ProbeKind Kind { get; init; }

    /// <summary>Gets what follows from its answer. The default is both.</summary>
    public ProbePurpose Purpose { get; init; }

    /// <summary>Gets <c>host:port</c> for tcp, a URL for http; null for command.</summary>
    public string? Target { get; init; }

    /// <summary>Gets the command and its arguments; empty unless the kind is command.</summary>
    public ImmutableArray<string> Command { get; init; } = [];

    /// <summary>Gets the pause between probes once online. The default is 1 second; while starting it asks as often as every 20 ms.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Gets how long one answer may take. The default is 2 seconds.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Gets how many failures in a row make the resource failed, or not ready. The default is 3.</summary>
    public int Threshold { get; init; } = 3;

    /// <inheritdoc/>
    public bool Equals(ProbeSpec? other) =>
        other is not null && Kind == other.Kind && Purpose == other.Purpose && Target == other.Target && Command.SequenceEqual(other.Command)
        && Interval == other.Interval && Timeout == other.Timeout && Threshold == other.Threshold;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Purpose, Target, Command.Length, Interval, Timeout, Threshold);
}
