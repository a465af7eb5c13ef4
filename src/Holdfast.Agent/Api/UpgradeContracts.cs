namespace Holdfast.Agent.Api;

/// <summary>GET /v1/upgrade: what every node runs. POST /v1/upgrade?node=N&amp;finish=BOOL restarts nodes on what is installed, one after the other, as a stream of <see cref="ProgressLine"/>.</summary>
/// <param name="Format">The format of the cluster's records.</param>
/// <param name="Newest">The newest format that the answering node reads.</param>
/// <param name="Nodes">The nodes.</param>
public sealed record UpgradeStatus(int Format, int Newest, IReadOnlyList<UpgradeNode> Nodes);

/// <summary>What one node runs.</summary>
/// <param name="Node">The node.</param>
/// <param name="Agent">The version of its agent; null when it does not answer.</param>
/// <param name="Leash">The version of its leash; null when that cannot be told.</param>
/// <param name="Installed">The version that a restart would bring; null when that cannot be told.</param>
/// <param name="Format">The newest record format that it reads, as it last said; null when it never did.</param>
public sealed record UpgradeNode(string Node, string? Agent, string? Leash, string? Installed, int? Format);
