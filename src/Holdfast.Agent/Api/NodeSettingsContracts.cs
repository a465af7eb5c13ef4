using Holdfast.Cluster.Nodes;

namespace Holdfast.Agent.Api;

/// <summary>GET /v1/nodes/{node}/settings: what a node is set to. PUT of the same sets all of it, with <see cref="NodeSettings"/> as body: what is left out, or null, is as by default again.</summary>
/// <param name="Node">The node.</param>
/// <param name="Settings">What was set; null for what nobody set.</param>
/// <param name="Defaults">What holds where nothing is set; what is null there has no limit. A renewal cannot be given longer than there.</param>
/// <param name="Names">What can be set of this node.</param>
public sealed record NodeSettingsAnswer(string Node, NodeSettings Settings, NodeSettings Defaults, IReadOnlyList<string> Names);
