using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Cluster.Settings;

namespace Holdfast.Store.Registry;

/// <summary>
/// How the records of a store that is over begin anew in another one, or in the same one after it went back (leases rule 17): every
/// lease ended, a fresh generation, nothing that spoke of the moment. What roles were where stays, so that their epochs go on and
/// a disk whose owner was not seen to finish still waits for a word.
/// </summary>
/// <param name="By">The node that does it, whose own leash has verified that nothing of it runs.</param>
/// <param name="Generation">The fresh generation (<see cref="Generations.Fresh"/>).</param>
public sealed record StoreRebirth(NodeName By, int Generation)
{
    private static readonly string[] OfTheMoment = [RegistryKeys.Planner, RegistryKeys.Tokens, RegistryKeys.Statuses, RegistryKeys.Healths, RegistryKeys.Doctor];

    /// <summary>Gets whether no commit that was ever acknowledged can be missing: then what is known of how leases ended stays known.</summary>
    public bool Lossless { get; init; }

    /// <summary>Gets the nodes that are not part of the cluster any more.</summary>
    public ImmutableHashSet<NodeName> Lost { get; init; } = [];

    /// <summary>Gets records that are written instead of, or beside, the old ones.</summary>
    public ImmutableDictionary<string, ReadOnlyMemory<byte>> Replaced { get; init; } = ImmutableDictionary<string, ReadOnlyMemory<byte>>.Empty;

    /// <summary>How long nobody may have reached the store before anything begins anew: the longest lease with its margin.</summary>
    /// <param name="old">The old store.</param>
    /// <param name="profile">This node's timing, which a lease may have been given since the record was copied.</param>
    public static TimeSpan ShutFor(StoreView old, TimingProfile profile) => old.Records
        .Where(record => record.Key.StartsWith(RegistryKeys.Leases, StringComparison.Ordinal))
        .Select(record => RegistryJson.Decode(record.Value.Value, RegistryJson.Default.LeaseRecord))
        .Where(lease => !IsClient(old, lease.Node)) // What it runs, nobody else is ever given.
        .Select(LeaseArithmetic.SilenceNeeded)
        .Append(profile.LeaseDuration + profile.Margin)
        .Concat(TimingProfile.All.Where(named => old.Records.TryGetValue(RegistryKeys.Settings, out var settings) && RegistryJson.Decode(settings.Value, RegistryJson.Default.ClusterSettings).Profile == named.Name).Select(named => named.LeaseDuration + named.Margin)).Max();

    private static bool IsClient(StoreView old, NodeName node) =>
        old.Records.TryGetValue(RegistryKeys.Node(node), out var record) && RegistryJson.Decode(record.Value, RegistryJson.Default.NodeRecord).Kind == NodeKind.Client;

    /// <summary>The records that the store begins with.</summary>
    /// <exception cref="HoldfastException">Code <c>format.too-new</c>.</exception>
    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Records(StoreView old)
    {
        if (old.Records.TryGetValue(RegistryKeys.Settings, out var settings)) StoreFormat.RequireReadable(settings.Value);
        var records = ImmutableSortedDictionary.CreateBuilder<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        foreach (var (key, record) in old.Records)
        {
            if (Reborn(key, record.Value) is { } value) records[key] = value;
        }

        foreach (var (key, value) in Replaced) records[key] = value;
        return records.ToImmutable();
    }

    /// <summary>Transactions that fill an empty store. The settings come last: without them no node plans, so a store that is only half filled is inert.</summary>
    public IEnumerable<StoreTransaction> Transactions(StoreView old)
    {
        var records = Records(old);
        var batch = new TransactionBatch();
        foreach (var (key, value) in records.Where(record => record.Key != RegistryKeys.Settings))
        {
            if (batch.Add([new(key, 0)], [new(key, value)]) is { } full) yield return full;
        }

        if (batch.Rest() is { } rest) yield return rest;
        yield return new([new(RegistryKeys.Settings, 0)], [new(RegistryKeys.Settings, records[RegistryKeys.Settings])]);
    }

    private ReadOnlyMemory<byte>? Reborn(string key, ReadOnlyMemory<byte> value)
    {
        if (OfTheMoment.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal))) return null;
        if (key == RegistryKeys.Settings)
            return RegistryJson.Encode(RegistryJson.Decode(value, RegistryJson.Default.ClusterSettings) with { Generation = Generation }, RegistryJson.Default.ClusterSettings);
        if (key.StartsWith(RegistryKeys.Leases, StringComparison.Ordinal))
            return RegistryJson.Encode(Ended(RegistryJson.Decode(value, RegistryJson.Default.LeaseRecord)), RegistryJson.Default.LeaseRecord);
        if (key.StartsWith(RegistryKeys.Nodes, StringComparison.Ordinal) && RegistryJson.Decode(value, RegistryJson.Default.NodeRecord) is var node && Lost.Contains(node.Name))
            return RegistryJson.Encode(node with { Intent = NodeIntent.Evicted, Voter = false, CertificateFingerprint = "" }, RegistryJson.Default.NodeRecord);
        return value;
    }

    // An old record may say of an incarnation that it ended cleanly when a later one, of which the record knows nothing, did not.
    private LeaseRecord Ended(LeaseRecord lease)
    {
        if (Lossless && lease.State == LeaseState.Ended) return lease;
        return lease with { State = LeaseState.Ended, Nonce = "", EndedClean = lease.Node == By, ConfirmedDown = false };
    }
}
