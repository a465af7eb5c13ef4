using System.Diagnostics.CodeAnalysis;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>A role with everything recorded about it.</summary>
/// <param name="Spec">What was declared.</param>
/// <param name="SpecRevision">Its revision; 0 when the role is gone and only a placement is left.</param>
/// <param name="Placement">Where it is; at revision 0 when it was never recorded.</param>
/// <param name="Status">What the present owner said of the present epoch, if anything: all else is about the past.</param>
internal sealed record RoleState(RoleSpec Spec, long SpecRevision, Versioned<Placement> Placement, RoleStatus? Status)
{
    public RoleName Name => Spec.Name;

    /// <summary>Gets whether it is one node's instance of a role that runs everywhere: it cannot go elsewhere.</summary>
    public bool IsInstance => Name.Node is not null;

    public bool IsWantedOnline => Spec is { Desired: DesiredState.Online, Deleting: false };

    public bool IsOnline => Status is { State: OnlineState.Online, GivenUp: false };

    /// <summary>Gets whether its owner has come to a result, good or bad, so that later start tiers need not wait for it.</summary>
    public bool HasResult => Status is { State: OnlineState.Online or OnlineState.Failed } or { GivenUp: true };

    public static bool TryRead(ClusterView view, RoleName name, [NotNullWhen(true)] out RoleState? state)
    {
        state = view.TryFindRole(name, out var spec, out var revision) ? Read(view, spec, revision) : null;
        return state is not null;
    }

    /// <summary>Every role, and every placement left over without its role, in the order in which they are served.</summary>
    public static IEnumerable<RoleState> InOrder(ClusterView view)
    {
        var declared = view.Roles.Values.SelectMany(spec => view.Instances(spec.Value), (spec, instance) => Read(view, instance, spec.Revision)).ToList();
        var names = declared.Select(role => role.Name).ToHashSet();
        var leftOver = view.Placements.Values
            .Where(placement => !placement.Value.IsFree && !names.Contains(placement.Value.Role))
            .Select(placement => placement.Value.Role.Node is not null && view.TryFindRole(placement.Value.Role, out var spec, out var revision)
                ? Read(view, spec, revision) : Read(view, Gone(view, placement.Value.Role), specRevision: 0));
        return declared.Concat(leftOver).OrderBy(role => role.Spec.StartTier).ThenByDescending(role => role.Spec.Priority).ThenBy(role => role.Name);
    }

    /// <summary>What is not declared any more shall be offline; what is declared in another way is still in its maintenance.</summary>
    private static RoleSpec Gone(ClusterView view, RoleName name) => new()
    {
        Name = name, Desired = DesiredState.Offline, Maintenance = view.Roles.TryGetValue(name.Role, out var declared) ? declared.Value.Maintenance : null,
    };

    private static RoleState Read(ClusterView view, RoleSpec spec, long specRevision)
    {
        var placement = view.Placements.TryGetValue(spec.Name, out var found) ? found : new(Roles.Placement.Unplaced(spec.Name), 0);
        var status = view.Statuses.TryGetValue(spec.Name, out var said)
            && said.Value.Epoch == placement.Value.Epoch && said.Value.Node == placement.Value.Owner ? said.Value : null;
        return new(spec, specRevision, placement, status);
    }
}
