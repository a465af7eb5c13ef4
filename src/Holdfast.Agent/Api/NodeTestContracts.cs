namespace Holdfast.Agent.Api;

/// <summary>POST /v1/nodes/{node}/test: whether a node answers as a node of this cluster. Changes nothing.</summary>
/// <param name="Works">Whether it does.</param>
/// <param name="Sentence">What was found.</param>
/// <param name="Hint">What to do; null when it works.</param>
/// <param name="RoundTripMs">The shortest of four round trips, in milliseconds.</param>
/// <param name="ClockAheadMs">By how much its wall clock is ahead of that of the node that asked, in milliseconds.</param>
/// <param name="Build">The version that its agent runs.</param>
/// <param name="Etcd">The version of its member of etcd; null without one.</param>
/// <param name="Certificates">The certificates on it; none of a cluster of one machine.</param>
public sealed record NodeTestAnswer(string Node, bool Works, string Sentence, string? Hint, double? RoundTripMs, double? ClockAheadMs, string? Build, string? Etcd, IReadOnlyList<CertificateInfo> Certificates);

/// <summary>A certificate on a node.</summary>
/// <param name="Kind">node: its own; authority: the cluster's, the same on every node; door: what an administrator put before the console.</param>
/// <param name="Expires">Until when it is good.</param>
/// <param name="Trouble">Why it was not renewed when it was last tried; null when nothing went wrong, or nobody tries.</param>
public sealed record CertificateInfo(string Kind, DateTimeOffset Expires, string? Trouble = null);
