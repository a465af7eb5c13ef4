using System.Collections.Immutable;

namespace Holdfast.Management.Policies;

/// <summary>What there is to protect, as far as the machines told.</summary>
/// <param name="Nodes">Every machine.</param>
/// <param name="Roles">The names of the roles, to which things may be bound.</param>
/// <param name="Things">Their volumes, the shared volumes and the databases.</param>
public sealed record PolicyInventory(ImmutableArray<InventoryNode> Nodes, ImmutableArray<string> Roles, ImmutableArray<InventoryThing> Things)
{
    /// <summary>Gets whether the shared volumes are all of them; false while nobody told.</summary>
    public bool KnowsShared { get; init; } = true;

    /// <summary>Gets an inventory of nothing.</summary>
    public static PolicyInventory Empty { get; } = new([], [], []);

    /// <summary>Whether it tells the same as another: policies that were compiled with that need not be compiled again.</summary>
    public bool Equals(PolicyInventory? other) => other is not null && (ReferenceEquals(this, other) || (KnowsShared == other.KnowsShared && Nodes.SequenceEqual(other.Nodes) && Roles.SequenceEqual(other.Roles) && Things.SequenceEqual(other.Things)));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Nodes.Length, Roles.Length, Things.Length);
}

/// <summary>A machine.</summary>
/// <param name="RunsJobs">Whether jobs can run on it: members can, witnesses cannot.</param>
/// <param name="Told">Whether it told this owner of the service what it has. What else one has that did not is unknown, which is not nothing.</param>
public sealed record InventoryNode(string Name, bool RunsJobs, bool Told = true);

/// <summary>One thing that can be protected.</summary>
/// <param name="Kind">Volume, shared volume or database.</param>
/// <param name="Name">Of a volume its first mount path, of everything else its name.</param>
/// <param name="Node">The machine that it is bound to; null when it follows a role.</param>
/// <param name="Role">The role that it follows; null when it is bound to a machine.</param>
/// <param name="Mounts">Where it is mounted.</param>
/// <param name="FileSystem">The file system of a volume.</param>
/// <param name="Server">How to reach a database.</param>
public sealed record InventoryThing(ThingKind Kind, string Name, string? Node, string? Role, ImmutableArray<string> Mounts, string? FileSystem = null, DatabaseServer? Server = null)
{
    /// <summary>Whether it is the same thing in the same place.</summary>
    public bool Equals(InventoryThing? other) =>
        other is not null && (Kind, Name, Node, Role, FileSystem) == (other.Kind, other.Name, other.Node, other.Role, other.FileSystem) && Mounts.SequenceEqual(other.Mounts) && Server == other.Server;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Kind, Name, Node, Role);
}
