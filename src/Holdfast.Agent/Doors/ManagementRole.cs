using Holdfast.Agent.Declarations;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Doors;

/// <summary>The role of the management service, and the way to whoever owns it.</summary>
public static class ManagementRole
{
    private const string Text = "management";

    /// <summary>Gets its name.</summary>
    public static RoleName Name { get; } = new(Text);

    /// <summary>The socket on which the service listens, below the folder of this boot.</summary>
    public static string SocketIn(string runDirectory) => Path.Combine(runDirectory, "management.sock");

    /// <summary>The role as <c>cluster create</c> makes it.</summary>
    /// <param name="address">The virtual address with its prefix length, such as 10.0.0.10/24; null for none.</param>
    /// <exception cref="HoldfastException">Code <c>declaration.invalid</c>.</exception>
    internal static RoleSpec Declared(string? address)
    {
        var declared = DeclarationReader.Read($"""
            roles:
              {Text}:
                resources:
            {(address is null ? "" : $"      address: {{ type: ip-address, address: '{address.Replace("'", "", StringComparison.Ordinal)}' }}")}
                  service: {"{"} type: management{(address is null ? "" : ", depends-on: [address]")} {"}"}
            """, "the management role", null);
        declared.ThrowIfInvalid();
        return declared.Roles.Single();
    }

    /// <summary>Where the service is.</summary>
    internal static ManagementPlace Where(ClusterView? view, NodeName self) =>
        view is null ? new ManagementPlace.Nowhere("This node does not know its cluster yet.")
        : !view.Roles.ContainsKey(Name) ? new ManagementPlace.Nowhere("This cluster has no role 'management'.")
        : !view.Placements.TryGetValue(Name, out var placement) || placement.Value.IsFree || placement.Value.Owner is not { } owner ? new ManagementPlace.Nowhere("No node owns the management service at this moment.")
        : owner == self ? new ManagementPlace.Here()
        : view.Nodes.TryGetValue(owner, out var node) ? new ManagementPlace.There(node.Value) : new ManagementPlace.Nowhere($"Node {owner}, which owned the management service, is gone.");
}

/// <summary>Where the management service is, as a node sees it.</summary>
internal abstract record ManagementPlace
{
    private ManagementPlace()
    {
    }

    /// <summary>On this node.</summary>
    public sealed record Here : ManagementPlace;

    /// <summary>On another.</summary>
    public sealed record There(NodeRecord Node) : ManagementPlace;

    /// <summary>Nobody owns it now.</summary>
    /// <param name="Reason">Why, one sentence.</param>
    public sealed record Nowhere(string Reason) : ManagementPlace;
}
