using System.Collections.Immutable;

namespace Holdfast.Management.Policies;

/// <summary>What there is to protect, as far as the machines told.</summary>
/// <param name="Nodes">Every machine.</param>
/// <param name="Roles">The names of the roles, to which things may be bound.</param>
/// <param name="Things">Their volumes, the shared volumes and the databases.</param>
public sealed record PolicyInventory(ImmutableArray<InventoryNode> Nodes, ImmutableArray<string> Roles, ImmutableArray<InventoryThing> Things)
{
    /// <summary>Gets an inventory of nothing.</summary>
    public static PolicyInventory Empty { get; } = new([], [], []);
}

/// <summary>A machine.</summary>
/// <param name="RunsJobs">Whether jobs can run on it: members can, witnesses cannot.</param>
public sealed record InventoryNode(string Name, bool RunsJobs);

/// <summary>One thing that can be protected.</summary>
/// <param name="Kind">Volume, shared volume or database.</param>
/// <param name="Name">Of a volume its first mount path, of everything else its name.</param>
/// <param name="Node">The machine that it is bound to; null when it follows a role.</param>
/// <param name="Role">The role that it follows; null when it is bound to a machine.</param>
/// <param name="Mounts">Where it is mounted.</param>
/// <param name="FileSystem">The file system of a volume.</param>
/// <param name="Server">How to reach a database.</param>
public sealed record InventoryThing(ThingKind Kind, string Name, string? Node, string? Role, ImmutableArray<string> Mounts, string? FileSystem = null, DatabaseServer? Server = null);
