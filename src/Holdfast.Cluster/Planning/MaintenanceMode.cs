using System.Globalization;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Planning;

/// <summary>The maintenance that a role is in.</summary>
/// <param name="Maintenance">Its times and reason.</param>
/// <param name="OfCluster">Whether it is the whole cluster's.</param>
public sealed record MaintenanceMode(Maintenance Maintenance, bool OfCluster)
{
    /// <summary>Returns the maintenance that a role is in now, the one that ends last; null when nothing keeps the cluster from acting.</summary>
    public static MaintenanceMode? Of(ClusterView view, RoleSpec role, DateTimeOffset now)
    {
        var own = role.Maintenance?.IsInEffect(now) == true ? role.Maintenance : null;
        var all = view.Settings?.Maintenance?.IsInEffect(now) == true ? view.Settings.Maintenance : null;
        return own is not null && (all is null || own.Until >= all.Until) ? new(own, false) : all is not null ? new(all, true) : null;
    }

    /// <summary>Says it, as the end of a sentence: <c>is in maintenance until 2026-03-01 14:00 UTC (kernel update)</c>.</summary>
    public string Phrase => $"is in maintenance until {Instant(Maintenance.Until)}{(OfCluster ? ", like the whole cluster" : "")}{(Maintenance.Reason is { } reason ? $" ({reason})" : "")}";

    /// <summary>Says how to end it before its time.</summary>
    public string HowToEnd(RoleSpec role) => OfCluster ? "holdfast cluster maintenance --end" : $"holdfast role maintenance {role.Name.Role} --end";

    internal static string Instant(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}
