using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Settings;

/// <summary>When a node that comes and goes is put into quarantine.</summary>
/// <param name="Losses">How often its lease may run out. The default is 3 in 1 hour.</param>
/// <param name="Time">How long the quarantine lasts. The default is 30 minutes.</param>
public sealed record QuarantinePolicy(Budget Losses, TimeSpan Time)
{
    /// <summary>Gets the default.</summary>
    public static QuarantinePolicy Default { get; } = new(new Budget(3, TimeSpan.FromHours(1)), TimeSpan.FromMinutes(30));
}
