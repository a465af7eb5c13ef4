using System.Collections.Immutable;
using System.Security.Cryptography;
using Holdfast.Agent.Hosting;
using Holdfast.Agent.Trust;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Membership;

/// <summary>
/// The cluster key on this node: the one that secrets in the store are sealed with now. It is rotated when a node is revoked, in the commit that
/// revokes it; every node that stays finds the new one in the store, sealed to its own key, also when it was off meanwhile.
/// </summary>
internal sealed class ClusterKeyKeeper(NodeRuntime runtime, TimeProvider time)
{
    private const int KeyBytes = 32;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(500);
    private readonly SemaphoreSlim _installing = new(1, 1);

    /// <summary>Keeps the node's key the present one, and its public key on record, until cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var done = -1L;
        while (!cancellationToken.IsCancellationRequested)
        {
            var state = runtime.Feed.Current;
            var revision = state?.View.Nodes.Values.Select(node => node.Revision).DefaultIfEmpty().Max() ?? done; // A rotation writes the record of the node revoked.
            if (revision == done || runtime.Keys is not { } keys)
            {
                await runtime.Feed.WaitForChangeAsync(state, cancellationToken);
                continue;
            }

            try
            {
                await CurrentAsync(cancellationToken);
                await AddMissingAsync(cancellationToken);
                if (state!.View.Nodes.TryGetValue(runtime.Node, out var own) && own.Value is { PublicKey: null, Intent: not NodeIntent.Evicted })
                    await runtime.Operations.UpdateNodeAsync(runtime.Node, node => node with { PublicKey = Convert.ToBase64String(keys.PublicKey()) }, cancellationToken);
                done = revision;
            }
            catch (Exception exception) when (exception is HoldfastException or CryptographicException or IOException)
            {
                await time.PauseAsync(RetryPause, cancellationToken); // The store cannot be asked now; or this node was revoked, and will hear so.
            }
        }
    }

    /// <summary>The present key, and the revision of its record; 0 while it was never rotated.</summary>
    /// <exception cref="StoreUnavailableException">The store cannot be asked.</exception>
    /// <exception cref="HoldfastException">Code <c>trust.no-key</c>.</exception>
    public async Task<(byte[] Key, long Revision)> CurrentAsync(CancellationToken cancellationToken)
    {
        var keys = runtime.Keys!;
        await _installing.WaitAsync(cancellationToken);
        try
        {
            var record = await runtime.Registry.FindAsync(RegistryKeys.ClusterKey, RegistryJson.Default.ClusterKeyRecord, cancellationToken);
            var key = keys.LoadClusterKey();
            if (record is not { } present || SHA256.HashData(key).AsSpan().SequenceEqual(present.Value.KeyHash)) return (key, record?.Revision ?? 0);
            if (!present.Value.Envelopes.TryGetValue(runtime.Node.Value, out var envelope))
                throw new HoldfastException(ErrorKind.Conflict, "trust.no-key", $"The cluster key was rotated, and node {runtime.Node} was not given the new one.", "Evict this node on another one, and join it again.");
            key = keys.OpenEnvelope(envelope, EnvelopeName(runtime.Node));
            keys.InstallClusterKey(key);
            return (key, present.Revision);
        }
        finally
        {
            _installing.Release();
        }
    }

    /// <summary>What a commit compares and writes to rotate the key and seal every secret anew, for all nodes but one.</summary>
    /// <exception cref="HoldfastException">Codes <c>trust.no-public-key</c>, <c>trust.too-much</c>.</exception>
    public async Task<(StoreCondition[] Unchanged, StoreWrite[] Writes)> RotateAsync(NodeName without, CancellationToken cancellationToken)
    {
        var (old, revision) = await CurrentAsync(cancellationToken);
        await runtime.Feed.RefreshAsync(cancellationToken); // A node that joined just now shall have it too.
        var staying = runtime.Operations.Situation().View.Nodes.Values.Select(node => node.Value).Where(node => node.Name != without && node.Intent != NodeIntent.Evicted).ToList();
        if (staying.FirstOrDefault(node => node.PublicKey is null) is { } unknown)
            throw new HoldfastException(ErrorKind.Conflict, "trust.no-public-key", $"Nothing can be sealed to node {unknown.Name}, whose public key is not on record.", $"Let the agent of {unknown.Name} run once with this version of Holdfast, or evict that node first.");

        var next = RandomNumberGenerator.GetBytes(KeyBytes);
        var envelopes = staying.ToImmutableSortedDictionary(node => node.Name.Value, node => SealedToNode.Seal(Convert.FromBase64String(node.PublicKey!), next, EnvelopeName(node.Name)), StringComparer.Ordinal);
        var number = revision == 0 ? 1 : (await runtime.Registry.FindAsync(RegistryKeys.ClusterKey, RegistryJson.Default.ClusterKeyRecord, cancellationToken))!.Value.Value.Number + 1;
        List<StoreCondition> unchanged = [new(RegistryKeys.ClusterKey, revision)];
        List<StoreWrite> writes = [new(RegistryKeys.ClusterKey, RegistryJson.Encode(new ClusterKeyRecord(number, SHA256.HashData(next), envelopes), RegistryJson.Default.ClusterKeyRecord))];
        foreach (var record in (await runtime.Registry.Store.ReadAsync(RegistryKeys.Secrets, cancellationToken)).Records.Values)
        {
            var name = record.Key[RegistryKeys.Secrets.Length..];
            var plain = NodeKeys.Open(old, RegistryJson.Decode(record.Value, RegistryJson.Default.SealedSecret), name);
            unchanged.Add(new(record.Key, record.Revision));
            writes.Add(new(record.Key, RegistryJson.Encode(NodeKeys.Seal(next, plain, name), RegistryJson.Default.SealedSecret)));
        }

        // A few more belong to the commit: the node, its lease, the list of revoked certificates.
        if (writes.Count > StoreTransaction.MaxOperations - 8)
            throw new HoldfastException(ErrorKind.Conflict, "trust.too-much", $"{writes.Count - 1} secrets cannot be sealed anew in one commit.", "Remove secrets that nothing uses.");
        return ([.. unchanged], [.. writes]);
    }

    /// <summary>A node that joined while the key was being rotated has the one before, and no envelope; any node that has the present key gives it one.</summary>
    private async Task AddMissingAsync(CancellationToken cancellationToken)
    {
        if (await runtime.Registry.FindAsync(RegistryKeys.ClusterKey, RegistryJson.Default.ClusterKeyRecord, cancellationToken) is not { } record) return;
        await runtime.Feed.RefreshAsync(cancellationToken); // After the record: in an older view the node that was revoked with it would still be one that lacks an envelope.
        var key = runtime.Keys!.LoadClusterKey();
        var missing = runtime.Operations.Situation().View.Nodes.Values.Select(node => node.Value)
            .Where(node => node is { Intent: not NodeIntent.Evicted, PublicKey: not null } && !record.Value.Envelopes.ContainsKey(node.Name.Value)).ToList();
        if (missing.Count == 0 || !SHA256.HashData(key).AsSpan().SequenceEqual(record.Value.KeyHash)) return;
        var given = record.Value.Envelopes.AddRange(missing.Select(node => KeyValuePair.Create(node.Name.Value, SealedToNode.Seal(Convert.FromBase64String(node.PublicKey!), key, EnvelopeName(node.Name)))));
        await runtime.Registry.PutAsync(RegistryKeys.ClusterKey, record.Value with { Envelopes = given }, RegistryJson.Default.ClusterKeyRecord, record.Revision, cancellationToken); // Another may be faster.
    }

    private static string EnvelopeName(NodeName node) => $"cluster-key/{node}";
}
