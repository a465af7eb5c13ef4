namespace Holdfast.Management.Api;

/// <summary>GET /api/v1/overview: what an administrator wants to know first.</summary>
/// <param name="Approvals">How many acts wait for a second person (waiting), and how many of them whoever asks could approve (forMe).</param>
/// <param name="Needs">What needs somebody, the most urgent first.</param>
public sealed record Overview(ClusterLight Cluster, ServiceInfo Service, DatabaseLight Database, IReadOnlyDictionary<string, int> Things, IReadOnlyDictionary<string, int> Alerts, IReadOnlyDictionary<string, int> Jobs, IReadOnlyList<Need> Needs, IReadOnlyDictionary<string, int> Approvals);

/// <summary>The cluster in one light.</summary>
/// <param name="State">ok, degraded or no-quorum.</param>
/// <param name="Redundancy">Whether any one node may be lost now.</param>
public sealed record ClusterLight(string Name, string State, RedundancyLight Redundancy);

/// <summary>Whether any one node may be lost now, and if not, why.</summary>
public sealed record RedundancyLight(bool Ok, string Sentence);

/// <summary>Where the management service is.</summary>
/// <param name="Since">Since when it answers there.</param>
/// <param name="MovedFrom">The node that had it before; null when none did.</param>
/// <param name="OutageSeconds">How long it was away in between: from the last sign of life of a lost node, or from when it was told to leave, to where it answers now; null when that was not measured.</param>
public sealed record ServiceInfo(string Node, string Epoch, DateTimeOffset Since, string? MovedFrom, double? OutageSeconds);

/// <summary>The repository database in one light.</summary>
/// <param name="State">ok, starting or down.</param>
/// <param name="Kind">sqlite or postgresql.</param>
public sealed record DatabaseLight(string State, string Reason, string Kind);

/// <summary>Something that needs somebody.</summary>
/// <param name="Severity">critical, warning or info.</param>
/// <param name="Link">The page of the console to look at.</param>
public sealed record Need(string Severity, string Sentence, string? Hint, string? Link);
