using System.Collections.Immutable;
using Holdfast.Cluster;
using Holdfast.Cluster.Settings;
using Holdfast.Store.Registry;

namespace Holdfast.Store.Backup;

/// <summary>What a store held of configuration at one revision. Secrets are in it as the store has them, sealed.</summary>
/// <param name="Cluster">The cluster that it is of.</param>
/// <param name="TakenAt">Wall clock of the node that took it.</param>
/// <param name="TakenBy">That node.</param>
/// <param name="StoreId">The store it was read from.</param>
/// <param name="Revision">The revision of that store.</param>
/// <param name="Records">The records by key; each value is one JSON document.</param>
public sealed record ClusterBackup(
    ClusterSettings Cluster, DateTimeOffset TakenAt, string TakenBy, string StoreId, long Revision, ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Records)
{
    /// <summary>What a store holds of the moment: it would be wrong by the time that a backup is read. Placements are where roles were.</summary>
    private static readonly string[] OfTheMoment = [RegistryKeys.Leases, RegistryKeys.Placements, RegistryKeys.Statuses, RegistryKeys.Healths, RegistryKeys.Tokens, RegistryKeys.Planner, RegistryKeys.Doctor, RegistryKeys.Builds, RegistryKeys.Ledgers, RegistryKeys.Checkpoints, RegistryKeys.Traces, RegistryKeys.Caps];

    /// <summary>Whether its secrets are sealed with the key that a store's secrets are sealed with: of the same cluster, and not rotated since.</summary>
    public bool IsSealedLike(StoreView present) =>
        KeyHash(Records.GetValueOrDefault(RegistryKeys.ClusterKey)).AsSpan().SequenceEqual(KeyHash(present.Records.TryGetValue(RegistryKeys.ClusterKey, out var now) ? now.Value : default));

    /// <summary>Takes a backup of what was read from a store's root: one cut.</summary>
    /// <exception cref="HoldfastException">Code <c>backup.no-cluster</c>: the store holds no cluster.</exception>
    public static ClusterBackup Of(StoreView read, string takenBy, DateTimeOffset now)
    {
        if (!read.Records.TryGetValue(RegistryKeys.Settings, out var settings))
            throw new HoldfastException(ErrorKind.Conflict, "backup.no-cluster", "The store holds no cluster to back up.", "Create a cluster first.");
        return new(
            RegistryJson.Decode(settings.Value, RegistryJson.Default.ClusterSettings), now, takenBy, read.StoreId, read.Revision,
            read.Records.Where(record => !OfTheMoment.Any(prefix => record.Key.StartsWith(prefix, StringComparison.Ordinal)))
                .ToImmutableSortedDictionary(record => record.Key, record => record.Value.Value, StringComparer.Ordinal));
    }

    /// <summary>Of no record, before the first rotation, nothing.</summary>
    private static byte[] KeyHash(ReadOnlyMemory<byte> record) => record.IsEmpty ? [] : RegistryJson.Decode(record, RegistryJson.Default.ClusterKeyRecord).KeyHash;
}
