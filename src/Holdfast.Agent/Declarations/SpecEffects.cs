using System.Collections.Immutable;
using Holdfast.Agent.Resources;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>
/// What a change of a role does to its running resources. Policies, owners, probes and time limits take effect in place; a
/// property that the resource was started with restarts it and everything that depends on it.
/// </summary>
/// <param name="Restart">Resources that exist before and after and must be restarted, in the order of the declaration.</param>
/// <param name="Start">New resources, and those now wanted online.</param>
/// <param name="Stop">Resources that are gone, and those now wanted offline.</param>
public sealed record SpecEffects(ImmutableArray<ResourceName> Restart, ImmutableArray<ResourceName> Start, ImmutableArray<ResourceName> Stop)
{
    /// <summary>Gets whether nothing that runs is disturbed.</summary>
    public bool IsInPlace => Restart.IsEmpty && Stop.IsEmpty;

    /// <summary>Returns what the change from <paramref name="before"/> to <paramref name="after"/> does.</summary>
    public static SpecEffects Between(RoleSpec? before, RoleSpec? after)
    {
        var old = OnlineResources(before);
        var now = OnlineResources(after);

        var stop = old.Keys.Where(name => !now.ContainsKey(name)).ToHashSet();
        var disturbed = now.Values.Where(resource => old.TryGetValue(resource.Name, out var was) && NeedsRestart(was, resource)).Select(resource => resource.Name).ToHashSet();

        // Whoever depends on something that stops, by the old or the new declaration, cannot go on meanwhile.
        disturbed.UnionWith(stop);
        bool hasGrown;
        do
        {
            hasGrown = false;
            foreach (var resource in old.Values.Concat(now.Values))
            {
                if (!disturbed.Contains(resource.Name) && resource.DependsOn.Any(disturbed.Contains)) hasGrown = disturbed.Add(resource.Name);
            }
        }
        while (hasGrown);

        return new SpecEffects(
            [.. now.Keys.Where(name => old.ContainsKey(name) && disturbed.Contains(name))],
            [.. now.Keys.Where(name => !old.ContainsKey(name))],
            [.. stop]);
    }

    /// <summary>Says it in a sentence for <c>diff</c> and <c>apply</c>.</summary>
    public override string ToString()
    {
        var parts = new List<string>();
        if (!Stop.IsEmpty) parts.Add($"stops {string.Join(", ", Stop)}");
        if (!Restart.IsEmpty) parts.Add($"restarts {string.Join(", ", Restart)}");
        if (!Start.IsEmpty) parts.Add($"starts {string.Join(", ", Start)}");
        return parts.Count == 0 ? "takes effect in place" : string.Join("; ", parts);
    }

    private static bool NeedsRestart(ResourceSpec before, ResourceSpec after) =>
        before.Type != after.Type
        || (ResourceTypes.TryFind(after.Type, out var type) ? ResourceDigest.Of(type, before) != ResourceDigest.Of(type, after) : before != after);

    private static OrderedDictionary<ResourceName, ResourceSpec> OnlineResources(RoleSpec? role)
    {
        var online = new OrderedDictionary<ResourceName, ResourceSpec>();
        if (role is not { Desired: DesiredState.Online, Deleting: false }) return online;

        foreach (var resource in role.Resources.Where(resource => resource.Desired == DesiredState.Online)) online[resource.Name] = resource;
        return online;
    }
}
