namespace Holdfast.Cluster.Naming;

/// <summary>The name of a role; see <see cref="EntityName"/> for its shape. One node's instance of a role that runs everywhere is called <c>role@node</c>.</summary>
public readonly record struct RoleName : IComparable<RoleName>
{
    private const char At = '@';

    /// <summary>Creates the name.</summary>
    /// <exception cref="HoldfastException">Code <c>name.invalid</c>.</exception>
    public RoleName(string value) => Value = IsInstanceName(value) ? value : EntityName.Require(value, "role");

    /// <summary>Gets the text of the name.</summary>
    public string Value { get; }

    /// <summary>Gets the node of an instance; null for a role as such.</summary>
    public NodeName? Node => Value.IndexOf(At, StringComparison.Ordinal) is > 0 and var at ? new NodeName(Value[(at + 1)..]) : null;

    /// <summary>Gets the role that this is an instance of; itself for a role as such.</summary>
    public RoleName Role => Value.IndexOf(At, StringComparison.Ordinal) is > 0 and var at ? new RoleName(Value[..at]) : this;

    /// <summary>Returns the name of the instance on a node.</summary>
    public RoleName On(NodeName node) => new($"{Value}{At}{node}");

    /// <inheritdoc/>
    public int CompareTo(RoleName other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;

    private static bool IsInstanceName(string? value) =>
        value?.IndexOf(At, StringComparison.Ordinal) is > 0 and var at && EntityName.IsValid(value[..at]) && EntityName.IsValid(value[(at + 1)..]);
}
