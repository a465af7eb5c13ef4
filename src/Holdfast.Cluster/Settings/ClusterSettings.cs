using Holdfast.Cluster.Roles;
using Holdfast.Cluster.Upgrades;

namespace Holdfast.Cluster.Settings;

/// <summary>What holds for the whole cluster: key <c>settings/cluster</c>.</summary>
public sealed record ClusterSettings
{
    /// <summary>Gets the id, made once by <c>cluster create</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the name people gave it.</summary>
    public required string Name { get; init; }

    /// <summary>Gets the name of the timing profile.</summary>
    public required string Profile { get; init; }

    /// <summary>Gets the generation of the store: grows when the store is restored from a backup, never taken from the backup (leases rule 17).</summary>
    public required int Generation { get; init; }

    /// <summary>Gets the format of the records: no node may run a build that does not read it (<see cref="RecordFormat"/>).</summary>
    public int Format { get; init; } = RecordFormat.First;

    /// <summary>Gets when a node that comes and goes is put into quarantine. The default is after more than 3 losses in 1 hour, for 30 minutes.</summary>
    public QuarantinePolicy Quarantine { get; init => field = value ?? QuarantinePolicy.Default; } = QuarantinePolicy.Default;

    /// <summary>Gets the maintenance that the whole cluster is in; null when in none.</summary>
    public Maintenance? Maintenance { get; init; }
}
