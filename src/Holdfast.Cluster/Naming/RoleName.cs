namespace Holdfast.Cluster.Naming;

/// <summary>The name of a role; see <see cref="EntityName"/> for its shape.</summary>
public readonly record struct RoleName : IComparable<RoleName>
{
    /// <summary>Creates the name.</summary>
    /// <exception cref="HoldfastException">Code <c>name.invalid</c>.</exception>
    public RoleName(string value) => Value = EntityName.Require(value, "role");

    /// <summary>Gets the text of the name.</summary>
    public string Value { get; }

    /// <inheritdoc/>
    public int CompareTo(RoleName other) => string.CompareOrdinal(Value, other.Value);

    /// <inheritdoc/>
    public override string ToString() => Value;
}
