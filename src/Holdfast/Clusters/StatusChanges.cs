using Holdfast.Agent.Api;
using Holdfast.Cli.Output;

namespace Holdfast.Cli.Clusters;

/// <summary>What is different between two states of a cluster, one sentence each.</summary>
internal static class StatusChanges
{
    /// <summary>The sentences; with nothing before, the whole state. A lease's age is no change.</summary>
    public static IEnumerable<string> Between(ClusterStatus? before, ClusterStatus now)
    {
        if (before?.Store != now.Store) yield return $"store {now.Store}";

        var nodes = before?.Nodes.ToDictionary(node => node.Name) ?? [];
        foreach (var node in now.Nodes)
        {
            var old = nodes.GetValueOrDefault(node.Name);
            if (old is null || Phrases.StateOf(old) != Phrases.StateOf(node)) yield return $"node {node.Name} {Phrases.StateOf(node)}";
            if (node.StoreLeader && old?.StoreLeader != true) yield return $"node {node.Name} leads the store";
        }
        foreach (var gone in nodes.Keys.Except(now.Nodes.Select(node => node.Name))) yield return $"node {gone} gone";

        var roles = before?.Roles.ToDictionary(role => role.Name) ?? [];
        foreach (var role in now.Roles)
        {
            var old = roles.GetValueOrDefault(role.Name);
            if (old is null || (old.State, old.Owner, old.Epoch) != (role.State, role.Owner, role.Epoch)) yield return RoleSentence(role);
        }
        foreach (var gone in roles.Keys.Except(now.Roles.Select(role => role.Name))) yield return $"role {gone} gone";

        foreach (var warning in now.Warnings.Except(before?.Warnings ?? [])) yield return $"! {warning}";
    }

    /// <summary>One role in one sentence.</summary>
    public static string RoleSentence(RoleSummary role) =>
        $"role {role.Name} {role.State}{(role.Owner is null ? "" : $" on {role.Owner}")}, epoch {role.Epoch}{(role.Reason.Length == 0 ? "" : $": {role.Reason}")}";
}
