using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
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

    /// <summary>Gets whether it is one node's instance of a role that runs everywhere.</summary>
    public bool IsInstance => Name.Node is not null;

    /// <summary>Gets whether it is a client machine's own.</summary>
    public bool IsOfClient { get; private init; }

    /// <summary>Gets whether it belongs to one node: it cannot go elsewhere, and comes and goes with that.</summary>
    public bool IsBound => IsInstance || IsOfClient;

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
    public static IEnumerable<RoleState> InOrder(ClusterView view) => InOrder(view, [.. view.Roles.Values]);

    /// <param name="view">The view.</param>
    /// <param name="declared">Its roles, by name.</param>
    public static IEnumerable<RoleState> InOrder(ClusterView view, ImmutableArray<Versioned<RoleSpec>> declared)
    {
        // All three are in the order of names: read side by side, since looking up thousands of names one by one is what a plan would spend its time on.
        var (placements, statuses) = (new NameWalk<Placement>(view.Placements), new NameWalk<RoleStatus>(view.Statuses));
        var states = new List<RoleState>(declared.Length);
        var instances = new HashSet<RoleName>();
        foreach (var spec in declared)
        {
            if (spec.Value.Mode != RoleMode.Everywhere)
            {
                states.Add(Read(view, spec.Value, spec.Revision, placements.Reach(spec.Value.Name), statuses.Reach(spec.Value.Name)));
                continue;
            }

            foreach (var instance in view.Instances(spec.Value))
            {
                instances.Add(instance.Name);
                states.Add(Read(view, instance, spec.Revision));
            }
        }

        foreach (var placement in placements.Passed().Where(placement => !placement.Value.IsFree && !instances.Contains(placement.Value.Role)))
        {
            states.Add(placement.Value.Role.Node is not null && view.TryFindRole(placement.Value.Role, out var spec, out var revision)
                ? Read(view, spec, revision) : Read(view, Gone(view, placement.Value.Role), specRevision: 0));
        }

        return states.OrderBy(role => role.Spec.StartTier).ThenByDescending(role => role.Spec.Priority); // Of equals, as they were: by name.
    }

    /// <summary>What is not declared any more shall be offline; what is declared in another way is still in its maintenance.</summary>
    private static RoleSpec Gone(ClusterView view, RoleName name) => new()
    {
        Name = name, Desired = DesiredState.Offline, Maintenance = view.Roles.TryGetValue(name.Role, out var declared) ? declared.Value.Maintenance : null,
    };

    private static RoleState Read(ClusterView view, RoleSpec spec, long specRevision) => Read(
        view, spec, specRevision, view.Placements.TryGetValue(spec.Name, out var placement) ? placement : null, view.Statuses.TryGetValue(spec.Name, out var status) ? status : null);

    private static RoleState Read(ClusterView view, RoleSpec spec, long specRevision, Versioned<Placement>? recorded, Versioned<RoleStatus>? said)
    {
        var placement = recorded ?? new(Roles.Placement.Unplaced(spec.Name), 0);
        var status = said is { Value: var word } && word.Epoch == placement.Value.Epoch && word.Node == placement.Value.Owner ? word : null;
        var client = spec.Name.Node is null ? view.ClientOf(spec) : null;
        // On a machine that is being drained it has nowhere to go: it goes offline, and comes back with the machine.
        return new(client is { Intent: NodeIntent.Draining } ? spec with { Desired = DesiredState.Offline } : spec, specRevision, placement, status) { IsOfClient = client is not null };
    }
}
