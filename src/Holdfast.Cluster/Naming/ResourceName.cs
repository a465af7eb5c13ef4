namespace Holdfast.Cluster.Naming;

/// <summary>The name of a resource; see <see cref="EntityName"/> for its shape.</summary>
public readonly record struct ResourceName : IComparable<ResourceName>
{
    /// <summary>Creates the name.</summary>
    /// <exception cref="HoldfastException">Code <c>name.invalid</c>.</exception>
    public ResourceName(string value) => Value = EntityName.Require(value, "resource");

    /// <summary>Gets the text of the name.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public int CompareTo(ResourceName other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
