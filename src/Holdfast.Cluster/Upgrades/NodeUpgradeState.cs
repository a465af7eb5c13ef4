using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Upgrades;

/// <summary>What a node runs, and what it would run after a restart.</summary>
/// <param name="Node">The node.</param>
/// <param name="Running">The version of its agent.</param>
/// <param name="Guard">The version of its leash; null when its files are not there any more.</param>
/// <param name="Installed">The version that is installed there; null when that cannot be told.</param>
public sealed record NodeUpgradeState(NodeName Node, string Running, string? Guard, string? Installed)
{
    /// <summary>Whether both of its processes are of that version.</summary>
    public bool Runs(string version) => Running == version && Guard == version;
}
