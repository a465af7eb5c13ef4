using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Roles;

/// <summary>Another role that a role wants to be with, or apart from.</summary>
/// <param name="Role">The other role.</param>
/// <param name="Required">Whether it must be so; otherwise it only decides between nodes that are equally good, when the role is placed.</param>
public sealed record Affinity(RoleName Role, bool Required = true)
{
    /// <summary>Writes <c>db</c>, or <c>prefer db</c> when it is not required.</summary>
    public override string ToString() => Required ? Role.Value : $"prefer {Role}";
}
