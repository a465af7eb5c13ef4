using System.Collections.Immutable;
using System.Text.Json;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Store.Registry;

namespace Holdfast.Store.Backup;

/// <summary>What restoring does to one record.</summary>
public enum RestoreAction
{
    /// <summary>It is not there now.</summary>
    Create,

    /// <summary>It differs from the backup.</summary>
    Change,

    /// <summary>It is not in the backup.</summary>
    Delete,
}

/// <summary>One record that restoring changes.</summary>
/// <param name="Key">The record.</param>
/// <param name="Action">What becomes of it.</param>
/// <param name="Revision">The revision of the record that this was judged on; 0 when there is none.</param>
/// <param name="Value">What it will be; null removes it.</param>
public sealed record RestoreStep(string Key, RestoreAction Action, long Revision, ReadOnlyMemory<byte>? Value);

/// <summary>
/// How the configuration of a store becomes that of a backup. It is ordinary configuration work on a living store: leases, placements
/// and members stay what they are, so nobody's ownership rests on an old record (leases rule 17 is for a store that goes back).
/// </summary>
public static class RestorePlan
{
    /// <summary>What is put back. The rest of a backup is there to be read: who was a member, and what its authority had revoked.</summary>
    private static readonly string[] Restored = [RegistryKeys.Roles, RegistryKeys.Secrets, RegistryKeys.Jobs, RegistryKeys.Vaults, RegistryKeys.SettingsPrefix];

    /// <summary>What belongs to one founding of the cluster and never to another; and what only ever goes forward: whom it was taken from must not get it back.</summary>
    private static readonly string[] OfTheFounding = [RegistryKeys.Settings, RegistryKeys.Revoked, RegistryKeys.ClusterKey, RegistryKeys.Planner, RegistryKeys.AuthorityKey];

    /// <summary>Whether restoring touches a record.</summary>
    public static bool Covers(string key) => Restored.Any(prefix => key.StartsWith(prefix, StringComparison.Ordinal)) && !OfTheFounding.Contains(key);

    /// <summary>Returns what has to change, in the order of keys; nothing when all is as in the backup.</summary>
    /// <param name="wanted">The records of the backup, with secrets sealed for the cluster that they go to.</param>
    /// <param name="present">What the store holds.</param>
    /// <exception cref="HoldfastException">Code <c>backup.damaged</c>: a role cannot be read.</exception>
    public static ImmutableArray<RestoreStep> Steps(ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> wanted, StoreView present)
    {
        foreach (var (key, value) in wanted.Where(record => record.Key.StartsWith(RegistryKeys.Roles, StringComparison.Ordinal))) RequireRole(key, value);
        var steps = ImmutableArray.CreateBuilder<RestoreStep>();
        foreach (var (key, value) in wanted.Where(record => Covers(record.Key)))
        {
            if (!present.Records.TryGetValue(key, out var now)) steps.Add(new(key, RestoreAction.Create, 0, value));
            else if (!now.Value.Span.SequenceEqual(value.Span)) steps.Add(new(key, RestoreAction.Change, now.Revision, value));
        }

        foreach (var (key, now) in present.Records.Where(record => Covers(record.Key) && !wanted.ContainsKey(record.Key)))
        {
            if (!key.StartsWith(RegistryKeys.Roles, StringComparison.Ordinal)) steps.Add(new(key, RestoreAction.Delete, now.Revision, null));
            else if (Deleted(now) is { } deleting) steps.Add(new(key, RestoreAction.Delete, now.Revision, deleting));
        }

        steps.Sort((one, other) => string.CompareOrdinal(one.Key, other.Key));
        return steps.ToImmutable();
    }

    /// <summary>Returns the transactions that carry out the steps, each small enough for every store and right by itself.</summary>
    public static IEnumerable<StoreTransaction> Transactions(IEnumerable<RestoreStep> steps, StoreView present)
    {
        var batch = new TransactionBatch();
        foreach (var step in steps)
        {
            StoreCondition[] conditions = [new(step.Key, step.Revision)];
            StoreWrite[] writes = [new(step.Key, step.Value)];
            if (step.Action == RestoreAction.Create && step.Key.StartsWith(RegistryKeys.Roles, StringComparison.Ordinal))
            {
                var role = new RoleName(step.Key[RegistryKeys.Roles.Length..]);
                var placement = RegistryKeys.Placement(role);
                if (!present.Records.ContainsKey(placement)) // Else the tombstone of an earlier role of this name: its epochs go on.
                {
                    conditions = [.. conditions, new(placement, 0)];
                    writes = [.. writes, new(placement, RegistryJson.Encode(Placement.Unplaced(role), RegistryJson.Default.Placement))];
                }
            }

            if (batch.Add(conditions, writes) is { } full) yield return full;
        }

        if (batch.Rest() is { } rest) yield return rest;
    }

    // A role that runs is released before its record goes.
    private static ReadOnlyMemory<byte>? Deleted(StoreRecord now)
    {
        var spec = RegistryJson.Decode(now.Value, RegistryJson.Default.RoleSpec);
        return spec.Deleting ? null : RegistryJson.Encode(spec with { Desired = DesiredState.Offline, Deleting = true }, RegistryJson.Default.RoleSpec);
    }

    private static void RequireRole(string key, ReadOnlyMemory<byte> value)
    {
        try
        {
            if (RegistryJson.Decode(value, RegistryJson.Default.RoleSpec) is { } spec && RegistryKeys.Role(spec.Name) == key) return;
            throw new JsonException("it names another role");
        }
        catch (Exception exception) when (exception is JsonException or HoldfastException or FormatException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "backup.damaged", $"The backup's record {key} cannot be read: {exception.Message} Nothing was changed.", "Restore it with the Holdfast that wrote it, or use another copy.", exception);
        }
    }
}
