namespace Holdfast.Cluster.Planning;

/// <summary>Holds back roles of a higher start tier while one of a lower tier is still on its way.</summary>
internal sealed class StartTiers
{
    // Roles are served in the order of their tiers, so the first one still on its way has the lowest tier of them all.
    private RoleState? _firstOnItsWay;

    public void OnItsWay(RoleState role) => _firstOnItsWay ??= role;

    /// <summary>Returns the role that <paramref name="role"/> must wait for, or null.</summary>
    public RoleState? Blocking(RoleState role) => _firstOnItsWay is { } first && first.Spec.StartTier < role.Spec.StartTier ? first : null;
}
