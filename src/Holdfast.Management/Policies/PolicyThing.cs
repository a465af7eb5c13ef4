using System.Collections.Immutable;

namespace Holdfast.Management.Policies;

/// <summary>What a policy protects: one thing by its name, or all that a pattern finds in the inventory.</summary>
public sealed record PolicyThing
{
    /// <summary>Gets the kind.</summary>
    public required ThingKind Kind { get; init; }

    /// <summary>Gets the name: of a tree its absolute path, of a volume its mount path, of everything else what the inventory calls it. All but trees may be a pattern with <c>*</c> and <c>?</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the machine that it is on, or a pattern of machines. Null: a tree is on every node (or where <see cref="With"/> is), everything else where the inventory says.</summary>
    public string? Node { get; init; }

    /// <summary>Gets the role whose owner has it, for a tree or a database that moves with a role.</summary>
    public string? With { get; init; }

    /// <summary>Gets patterns of what is left out.</summary>
    public ImmutableArray<string> Exclude { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the file systems that a volume must have to be meant (<c>ext4</c>); empty means any.</summary>
    public ImmutableArray<string> FileSystems { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets how to reach a database that the inventory does not know.</summary>
    public DatabaseServer? Server { get; init; }
}
