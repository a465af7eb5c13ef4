using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Roles;

namespace Holdfast.Agent.Declarations;

/// <summary>What a declaration file says.</summary>
/// <param name="Roles">The roles, in the order of the file; not to be used while there are problems.</param>
/// <param name="Problems">Everything wrong with it.</param>
/// <param name="GivenPaths">The paths that the file gives a value for: what it leaves out is a default, not a wish.</param>
public sealed record DeclarationResult(ImmutableArray<RoleSpec> Roles, ImmutableArray<DeclarationProblem> Problems, IReadOnlySet<string> GivenPaths)
{
    /// <summary>Gets the calendars, in the order of the file.</summary>
    public ImmutableArray<NamedCalendar> Calendars { get; init; } = [];

    /// <summary>Throws when there are problems.</summary>
    /// <exception cref="HoldfastException">Code <c>declaration.invalid</c>, with every problem on its own line.</exception>
    public void ThrowIfInvalid()
    {
        if (!Problems.IsEmpty) throw DeclarationErrors.Of(Problems);
    }

    /// <summary>
    /// The role as it shall be stored over <paramref name="present"/>: what is no part of a declaration is kept (restart requests, maintenance),
    /// and so is a state that an operator chose and the file does not name, so that applying a file does not start what was stopped by hand.
    /// </summary>
    public RoleSpec Over(RoleSpec? present, RoleSpec declared)
    {
        if (present is null) return declared;

        var root = $"roles.{declared.Name}";
        return declared with
        {
            Desired = GivenPaths.Contains($"{root}.desired") ? declared.Desired : present.Desired,
            Deleting = present.Deleting,
            Maintenance = present.Maintenance,
            Resources =
            [
                .. declared.Resources.Select(resource => present.Resources.FirstOrDefault(known => known.Name == resource.Name) is not { } known ? resource : resource with
                {
                    RestartRequests = known.RestartRequests,
                    Desired = GivenPaths.Contains($"{root}.resources.{resource.Name}.desired") ? resource.Desired : known.Desired,
                }),
            ],
        };
    }
}
