using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Agent.Events;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;

namespace Holdfast.Agent.Operations;

/// <summary>What nodes are set to. It is in their records, so that it outlives restarts; each agent reads its own from the store and goes by it from then on.</summary>
internal sealed class NodeSettingsOperations(ClusterOperations operations, EventJournal journal)
{
    /// <summary>What a node is set to.</summary>
    /// <exception cref="HoldfastException">Code <c>node.not-found</c>.</exception>
    public NodeSettingsAnswer Show(NodeName node)
    {
        var record = operations.FindNode(node).Value;
        return new(node.Value, record.Settings ?? NodeSettings.None, NodeSettingsRules.DefaultsOf(record.Kind, Profile), NodeSettingsRules.NamesOf(record.Kind));
    }

    /// <summary>Sets all of it, or nothing.</summary>
    /// <param name="asked">The settings as JSON.</param>
    /// <returns>What changed.</returns>
    /// <exception cref="HoldfastException">Codes <c>node.not-found</c>, <c>node.settings-invalid</c>, <c>store.contended</c>.</exception>
    public async Task<string> PutAsync(NodeName node, JsonElement asked, CancellationToken cancellationToken)
    {
        var settings = NodeSettingsReading.Read(asked, out var problems);
        problems.AddRange(NodeSettingsRules.Validate(settings, operations.FindNode(node).Value.Kind, Profile));
        if (problems.Count > 0)
            throw new HoldfastException(ErrorKind.Invalid, "node.settings-invalid", $"Node {node} cannot be set so:\n{string.Join('\n', problems.Select(problem => $"{problem.Name} {problem.Message}".TrimStart()))}", "Nothing was changed.");
        var difference = "";
        await operations.UpdateNodeAsync(
            node,
            record =>
            {
                difference = NodeSettingsRules.Difference(record.Settings ?? NodeSettings.None, settings);
                return record with { Settings = settings == NodeSettings.None ? null : settings };
            },
            cancellationToken);
        if (difference.Length == 0) return $"Node {node} is set so already; nothing changed.";
        journal.Add("node.set", $"Node {node} was set: {difference}.");
        return $"Node {node} is set: {difference}.";
    }

    private TimingProfile Profile => operations.Situation().View.Settings is { } settings ? TimingProfile.Find(settings.Profile) : TimingProfile.Lan;
}
