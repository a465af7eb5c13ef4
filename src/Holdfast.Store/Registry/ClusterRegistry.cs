using System.Collections.Immutable;
using System.Text.Json.Serialization.Metadata;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Planning;
using Holdfast.Cluster.Roles;

namespace Holdfast.Store.Registry;

/// <summary>The store in the domain's words. Every outcome has three values: won, lost, could not ask.</summary>
public sealed class ClusterRegistry(IClusterStore store)
{
    /// <summary>Gets the store beneath.</summary>
    public IClusterStore Store => store;

    /// <summary>Reads everything, linearizably.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    public async Task<ClusterView> ReadAsync(CancellationToken cancellationToken) => ViewBuilder.From(await store.ReadAsync("", cancellationToken));

    /// <summary>Reads one record, linearizably; null when there is none.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    public async Task<Versioned<T>?> FindAsync<T>(string key, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var read = await store.ReadAsync(key, cancellationToken);
        return read.Records.TryGetValue(key, out var record) ? new Versioned<T>(RegistryJson.Decode(record.Value, type), record.Revision) : null;
    }

    /// <summary>Writes one record if it is still at <paramref name="expectedRevision"/> (0: absent).</summary>
    public Task<CommitOutcome> PutAsync<T>(string key, T record, JsonTypeInfo<T> type, long expectedRevision, CancellationToken cancellationToken) =>
        store.CommitAsync(new([new(key, expectedRevision)], [new(key, RegistryJson.Encode(record, type))]), cancellationToken);

    /// <summary>Registers or renews a node lease: conditional on the record being unchanged since <paramref name="expectedRevision"/> (DESIGN section 6, step 1).</summary>
    public Task<CommitOutcome> RenewLeaseAsync(LeaseRecord next, long expectedRevision, CancellationToken cancellationToken) =>
        PutAsync(RegistryKeys.Lease(next.Node), next, RegistryJson.Default.LeaseRecord, expectedRevision, cancellationToken);

    /// <summary>Records that the owner took the role offline and closed the epoch (leases rule 11): only the owner's, so no planner key.</summary>
    public Task<CommitOutcome> ReleaseAsync(Placement released, long expectedRevision, CancellationToken cancellationToken) =>
        PutAsync(RegistryKeys.Placement(released.Role), released, RegistryJson.Default.Placement, expectedRevision, cancellationToken);

    /// <summary>Writes what an owner says of its roles, only while the placements it speaks of are the present ones: as one, since a commit for each would take as long as there are roles.</summary>
    public Task<CommitOutcome> ReportAsync(IReadOnlyCollection<(RoleStatus Status, long PlacementRevision)> reports, CancellationToken cancellationToken) =>
        store.CommitAsync(
            new([.. reports.Select(report => new StoreCondition(RegistryKeys.Placement(report.Status.Role), report.PlacementRevision))],
                [.. reports.Select(report => new StoreWrite(RegistryKeys.Status(report.Status.Role), RegistryJson.Encode(report.Status, RegistryJson.Default.RoleStatus)))]),
            cancellationToken);

    /// <summary>Commits steps of a plan as one, with everything that was judged and the planner key (leases rules 9 and 13).</summary>
    public Task<CommitOutcome> CommitPlanAsync(NodeName by, ClusterView judged, IReadOnlyList<PlanStep> steps, CancellationToken cancellationToken) =>
        store.CommitAsync(PlanTransaction(by, judged, steps), cancellationToken);

    /// <summary>The transaction of a plan: as many of its first steps as fit; the rest follows from the next view.</summary>
    public static StoreTransaction PlanTransaction(NodeName by, ClusterView judged, IReadOnlyList<PlanStep> steps)
    {
        var conditions = new Dictionary<string, long>(StringComparer.Ordinal) { [RegistryKeys.Planner] = judged.PlannerRevision };
        var writes = new Dictionary<string, ReadOnlyMemory<byte>?>(StringComparer.Ordinal)
        {
            [RegistryKeys.Planner] = PlannerMark.Write(by).Value,
        };
        foreach (var step in steps)
        {
            if (conditions.Count + 2 > StoreTransaction.MaxOperations || writes.Count + 2 > StoreTransaction.MaxOperations) break;
            Add(step, conditions, writes);
        }

        return new([.. conditions.Select(c => new StoreCondition(c.Key, c.Value))], [.. writes.Select(w => new StoreWrite(w.Key, w.Value))]);
    }

    private static void Add(PlanStep step, Dictionary<string, long> conditions, Dictionary<string, ReadOnlyMemory<byte>?> writes)
    {
        switch (step)
        {
            case PlanStep.EndLease end:
                conditions[RegistryKeys.Lease(end.Next.Node)] = end.JudgedRevision;
                writes[RegistryKeys.Lease(end.Next.Node)] = RegistryJson.Encode(end.Next, RegistryJson.Default.LeaseRecord);
                break;
            case PlanStep.Place place:
                conditions[RegistryKeys.Placement(place.Next.Role)] = place.JudgedRevision;
                writes[RegistryKeys.Placement(place.Next.Role)] = RegistryJson.Encode(place.Next, RegistryJson.Default.Placement);
                if (place.LostOwner is { } lost) conditions[RegistryKeys.Lease(lost.Node)] = lost.Revision;
                break;
            case PlanStep.UpdateRole update:
                conditions[RegistryKeys.Role(update.Next.Name)] = update.JudgedRevision;
                writes[RegistryKeys.Role(update.Next.Name)] = RegistryJson.Encode(update.Next, RegistryJson.Default.RoleSpec);
                break;
            case PlanStep.UpdateNode update:
                conditions[RegistryKeys.Node(update.Next.Name)] = update.JudgedRevision;
                writes[RegistryKeys.Node(update.Next.Name)] = RegistryJson.Encode(update.Next, RegistryJson.Default.NodeRecord);
                break;
            case PlanStep.UpdateSettings update:
                conditions[RegistryKeys.Settings] = update.JudgedRevision;
                writes[RegistryKeys.Settings] = RegistryJson.Encode(update.Next, RegistryJson.Default.ClusterSettings);
                break;
            case PlanStep.RemoveRole remove:
                conditions[RegistryKeys.Role(remove.Role)] = remove.JudgedRevision;
                conditions[RegistryKeys.Placement(remove.Role)] = remove.JudgedPlacementRevision;
                writes[RegistryKeys.Role(remove.Role)] = null;
                writes[RegistryKeys.Status(remove.Role)] = null;
                break;
            default:
                throw new InvalidOperationException($"Unknown step {step.GetType().Name}.");
        }
    }
}
