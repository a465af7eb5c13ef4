namespace Holdfast.Cluster.Naming;

/// <summary>The name of a node; see <see cref="EntityName"/> for its shape.</summary>
public readonly record struct NodeName : IComparable<NodeName>
{
    /// <summary>Creates the name.</summary>
    /// <exception cref="HoldfastException">Code <c>name.invalid</c>.</exception>
    public NodeName(string value) => Value = EntityName.Require(value, "node");

    /// <summary>Gets the text of the name.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public int CompareTo(NodeName other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
