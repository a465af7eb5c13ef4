using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Agent.Events;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Settings;
using Holdfast.Store;
using Holdfast.Store.Backup;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Backups;

/// <summary>Backs up and restores the cluster's configuration.</summary>
internal sealed class ClusterBackups(NodeRuntime runtime, EventJournal journal, TimeProvider time)
{
    /// <summary>Takes a backup now; the file's bytes.</summary>
    public async Task<byte[]> TakeAsync(CancellationToken cancellationToken) =>
        BackupFile.Write(ClusterBackup.Of(await runtime.Registry.Store.ReadAsync("", cancellationToken), runtime.Node.Value, time.GetUtcNow()));

    /// <summary>
    /// Makes the configuration that of a backup: in place when it is of this cluster, or as the first configuration of another one.
    /// Everything is checked before anything changes; what is then written is compared with what was judged.
    /// </summary>
    /// <exception cref="HoldfastException">Codes <c>backup.*</c>, <c>restore.not-empty</c>, <c>restore.sealed</c>, <c>restore.interrupted</c>, <c>format.not-yet</c>, <c>store.unavailable</c>.</exception>
    public async Task<RestoreResponse> RestoreAsync(RestoreRequest request, CancellationToken cancellationToken)
    {
        var backup = BackupFile.Read(request.Backup);
        var present = await runtime.Registry.Store.ReadAsync("", cancellationToken);
        if (!present.Records.TryGetValue(RegistryKeys.Settings, out var settingsRecord))
            throw new StoreUnavailableException("The store holds no cluster yet.");
        var settings = RegistryJson.Decode(settingsRecord.Value, RegistryJson.Default.ClusterSettings);
        if (backup.Cluster.Format > settings.Format)
            throw new HoldfastException(ErrorKind.Conflict, "format.not-yet", $"The backup's records have format {backup.Cluster.Format}, and the cluster's have {settings.Format}. Nothing was changed.", "Bring every node to one build, then 'holdfast cluster upgrade --finish', then restore it.");
        var another = backup.Cluster.Id != settings.Id;
        if (another) RequireEmpty(backup, present);
        var wanted = another || !backup.IsSealedLike(present) ? Resealed(backup, request, present) : backup.Records;
        var steps = RestorePlan.Steps(wanted, present);
        var response = new RestoreResponse(backup.Cluster.Name, backup.TakenAt, backup.TakenBy, another, [.. steps.Select(step => new RestoreChange(step.Key, step.Action.ToString().ToLowerInvariant()))]);
        if (request.DryRun || steps.IsEmpty) return response;

        if (another) await OutgrowAsync(settings, settingsRecord.Revision, backup.Cluster.Generation, cancellationToken);
        var written = 0;
        foreach (var transaction in RestorePlan.Transactions(steps, present))
        {
            if (await runtime.Registry.Store.CommitAsync(transaction, cancellationToken) is not CommitOutcome.Committed) throw Interrupted(written, steps.Length);
            written += transaction.Writes.Length;
        }

        await runtime.Feed.RefreshAsync(cancellationToken);
        journal.Add("backup.restored", $"The configuration of {backup.TakenAt:u} of cluster {backup.Cluster.Name} was restored: {steps.Length} records changed.");
        return response;
    }

    private static void RequireEmpty(ClusterBackup backup, StoreView present)
    {
        if (present.Records.Keys.Where(key => key.StartsWith(RegistryKeys.Roles, StringComparison.Ordinal)).ToList() is { Count: > 0 } roles)
            throw new HoldfastException(ErrorKind.Conflict, "restore.not-empty", $"The backup is of another cluster, {backup.Cluster.Name} ({backup.Cluster.Id}), and this one already has {roles.Count} roles.", "Restore it into a cluster that was just created.");
    }

    /// <summary>The records of a backup with its secrets sealed with the present key, since they are sealed with another; or with those that are here, which then stay.</summary>
    private ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Resealed(ClusterBackup backup, RestoreRequest request, StoreView present)
    {
        var secrets = backup.Records.Where(record => IsSecret(record.Key)).ToList();
        if (secrets.Count == 0 || request.WithoutSecrets)
            return backup.Records.RemoveRange(secrets.Select(secret => secret.Key)).AddRange(present.Records.Values.Where(record => IsSecret(record.Key)).Select(record => KeyValuePair.Create(record.Key, record.Value)));
        if (request.ClusterKey is not { } old)
            throw new HoldfastException(ErrorKind.Invalid, "restore.sealed", $"{secrets.Count} secrets in the backup are sealed with a key of cluster {backup.Cluster.Name} that is not the present one here.", "Give that key with --cluster-key (the file trust/cluster.key of any node it had then), or leave the secrets out with --without-secrets.");
        return backup.Records.SetItems(secrets.Select(secret => KeyValuePair.Create(secret.Key, Resealed(secret.Key, secret.Value, old))));
    }

    private static bool IsSecret(string key) => key.StartsWith(RegistryKeys.Secrets, StringComparison.Ordinal) && RestorePlan.Covers(key);

    private ReadOnlyMemory<byte> Resealed(string key, ReadOnlyMemory<byte> value, byte[] old)
    {
        var name = key[RegistryKeys.Secrets.Length..];
        try
        {
            var plain = NodeKeys.Open(old, RegistryJson.Decode(value, RegistryJson.Default.SealedSecret), name);
            var present = runtime.Keys?.LoadClusterKey() ?? throw new HoldfastException(ErrorKind.Conflict, "restore.no-key", "A cluster of one machine keeps no secrets.", "Leave the secrets out with --without-secrets.");
            return RegistryJson.Encode(NodeKeys.Seal(present, plain, name), RegistryJson.Default.SealedSecret);
        }
        catch (Exception exception) when (exception is CryptographicException or JsonException or ArgumentException)
        {
            throw new HoldfastException(ErrorKind.Invalid, "restore.wrong-key", $"The key does not open the secret {name} of the backup.", "Give trust/cluster.key of a node of the cluster that the backup is of.", exception);
        }
    }

    /// <summary>What the other cluster's roles wrote carries its epochs; those of this one must be greater from now on.</summary>
    private async Task OutgrowAsync(ClusterSettings settings, long revision, int generation, CancellationToken cancellationToken)
    {
        var next = settings with { Generation = Generations.Fresh(Math.Max(settings.Generation, generation), time.GetUtcNow()) };
        if (await runtime.Registry.PutAsync(RegistryKeys.Settings, next, RegistryJson.Default.ClusterSettings, revision, cancellationToken) is not CommitOutcome.Committed) throw Interrupted(0, 0);
    }

    private static HoldfastException Interrupted(int written, int all) => new(
        ErrorKind.Conflict, "restore.interrupted",
        written == 0 ? "Somebody changed the configuration at the same moment, or the store did not answer; nothing was restored." : $"After {written} of {all} records somebody changed the configuration, or the store did not answer.",
        "Run the same command again: it goes on with what is left.");
}
