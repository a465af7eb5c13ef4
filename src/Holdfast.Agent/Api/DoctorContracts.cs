namespace Holdfast.Agent.Api;

/// <summary>How bad a finding is.</summary>
public enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>It works, but not for long, or not as well as it could.</summary>
    Warning,

    /// <summary>It cannot work like this.</summary>
    Problem,
}

/// <summary>One thing that a check found.</summary>
/// <param name="Node">The node that looked.</param>
/// <param name="Check">The check: network, clocks, disk, store, versions, mtu, timing, certificates, names, machine.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="What">What was found, with the figures.</param>
/// <param name="Do">What to do; null when nothing is to be done.</param>
public sealed record Finding(string Node, string Check, FindingLevel Level, string What, string? Do = null)
{
    /// <summary>Gets the resource, as <c>role/resource</c>, that <c>holdfast doctor --repair</c> changes for it; null when it cannot be repaired by a command.</summary>
    public string? Repair { get; init; }
}

/// <summary>GET /v1/doctor: every node's findings, the worst first.</summary>
/// <param name="Works">Whether nothing was found that cannot work.</param>
public sealed record DoctorReport(bool Works, IReadOnlyList<Finding> Findings);

/// <summary>GET /v1/peer/pulse: what a node says of itself, for the one that measures the way to it.</summary>
/// <param name="Wall">Its wall clock.</param>
/// <param name="Version">Its product version.</param>
/// <param name="Etcd">Its member's version; null without one.</param>
/// <param name="Mtu">The MTU of the interface that has its address.</param>
/// <param name="Certificates">The certificates on it; null from a build that did not tell.</param>
internal sealed record Pulse(DateTimeOffset Wall, string Version, string? Etcd, int? Mtu, IReadOnlyList<CertificateInfo>? Certificates = null);
