using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Simulation.Mistakes;

/// <summary>One agent's store with one rule not kept: what it writes or reads is what an agent with that mistake would.</summary>
internal sealed class MistakenStore(IClusterStore store, Mistake mistake, NodeName node, TimingProfile profile, Func<long> incarnation) : IClusterStore
{
    private readonly string _ownLease = RegistryKeys.Lease(node);
    private long _known;

    /// <inheritdoc/>
    public async Task<StoreView> ReadAsync(string prefix, CancellationToken cancellationToken)
    {
        var read = await store.ReadAsync(prefix, cancellationToken);
        _known = Math.Max(_known, read.Revision);
        var records = read.Records;
        foreach (var (key, record) in read.Records)
        {
            if (Distort(key, record.Value, placement => HasStarted(read, placement)) is { } value) records = records.SetItem(key, record with { Value = value });
        }

        return read with { Records = records };
    }

    /// <inheritdoc/>
    public async Task<CommitOutcome> CommitAsync(StoreTransaction transaction, CancellationToken cancellationToken)
    {
        var written = transaction.Writes.Select(write => write.Value is { } value && Rewrite(write.Key, value) is { } changed ? new StoreWrite(write.Key, changed) : write);
        if (mistake == Mistake.NoTombstone)
        {
            written = written.SelectMany(write => write is { Value: null } && write.Key.StartsWith(RegistryKeys.Roles, StringComparison.Ordinal)
                ? [write, new StoreWrite(RegistryKeys.Placement(new RoleName(write.Key[RegistryKeys.Roles.Length..])), null)] : new[] { write });
        }

        var conditions = mistake switch
        {
            Mistake.NoLeaseCondition when transaction.Writes.Any(write => write.Key == RegistryKeys.Planner) => transaction.Conditions.Where(c => !c.Key.StartsWith(RegistryKeys.Leases, StringComparison.Ordinal)),
            Mistake.NoPlacementCondition => transaction.Conditions.Where(c => !c.Key.StartsWith(RegistryKeys.Placements, StringComparison.Ordinal)),
            _ => transaction.Conditions,
        };
        var sent = new StoreTransaction([.. conditions], [.. written]);
        var outcome = await store.CommitAsync(sent, cancellationToken);
        return outcome switch
        {
            CommitOutcome.Conflict when mistake == Mistake.ForcedAfterConflict && transaction.Writes.Any(write => write.Key == RegistryKeys.Planner) => await store.CommitAsync(sent with { Conditions = [] }, cancellationToken),
            CommitOutcome.Unknown when mistake == Mistake.UnknownIsCommitted && transaction.Writes.Any(write => write.Key == _ownLease) => new CommitOutcome.Committed(_known),
            _ => outcome,
        };
    }

    /// <inheritdoc/>
    public async IAsyncEnumerable<StoreChange> WatchAsync(string prefix, long afterRevision, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var change in store.WatchAsync(prefix, afterRevision, cancellationToken))
        {
            _known = change.Revision;
            // The stream says that it is up to date, and has left out what concerns the roles.
            if (mistake == Mistake.WatchGapIgnored && change.Revision % 3 == 0) yield return change with { Changes = [.. change.Changes.Where(item => item.Key.StartsWith(RegistryKeys.Leases, StringComparison.Ordinal))] };
            else yield return change with { Changes = [.. change.Changes.Select(item => item.Value is { } value && Distort(item.Key, value, static _ => false) is { } changed ? new StoreChange.Item(item.Key, changed) : item)] };
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => store.DisposeAsync();

    private static bool HasStarted(StoreView read, Placement placement) =>
        read.Records.TryGetValue(RegistryKeys.Status(placement.Role), out var status) && RegistryJson.Decode(status.Value, RegistryJson.Default.RoleStatus).Epoch == placement.Epoch;

    private ReadOnlyMemory<byte>? Rewrite(string key, ReadOnlyMemory<byte> value)
    {
        if (key != _ownLease || mistake is not (Mistake.NoMargin or Mistake.MarginWithoutKillTime)) return null;
        var lease = RegistryJson.Decode(value, RegistryJson.Default.LeaseRecord);
        var margin = mistake == Mistake.NoMargin ? TimeSpan.Zero : profile.Margin - (profile.KillTime * (1 + profile.ClockRateError));
        return RegistryJson.Encode(lease with { Margin = margin }, RegistryJson.Default.LeaseRecord);
    }

    private ReadOnlyMemory<byte>? Distort(string key, ReadOnlyMemory<byte> value, Func<Placement, bool> hasStarted)
    {
        switch (mistake)
        {
            case Mistake.OwnDuration when key.StartsWith(RegistryKeys.Leases, StringComparison.Ordinal) && key != _ownLease:
                var lease = RegistryJson.Decode(value, RegistryJson.Default.LeaseRecord);
                return RegistryJson.Encode(lease with { Duration = profile.LeaseDuration, Margin = profile.Margin }, RegistryJson.Default.LeaseRecord);
            case Mistake.InheritPlacements or Mistake.UnstartedIsFree when key.StartsWith(RegistryKeys.Placements, StringComparison.Ordinal):
                var placement = RegistryJson.Decode(value, RegistryJson.Default.Placement);
                if (mistake == Mistake.InheritPlacements && placement.Owner == node && placement.Phase == PlacementPhase.Assigned)
                    return RegistryJson.Encode(placement with { OwnerIncarnation = incarnation() }, RegistryJson.Default.Placement);
                if (mistake == Mistake.UnstartedIsFree && placement.Owner != node && placement.Phase == PlacementPhase.Assigned && !hasStarted(placement))
                    return RegistryJson.Encode(placement with { Phase = PlacementPhase.Released }, RegistryJson.Default.Placement);
                return null;
            default:
                return null;
        }
    }
}
