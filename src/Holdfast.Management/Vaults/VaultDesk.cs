using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Holdfast.Agent.Api;
using Holdfast.Cluster;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;
using Holdfast.Management.Api;
using Holdfast.Management.Hosting;
using Holdfast.Management.Link;
using Holdfast.Management.People;
using Holdfast.Management.Policies;
using Holdfast.Management.Repository;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Vaults;

/// <summary>The vaults: who they are, and which snapshots are in them. That is looked at by a node, with the product's own commands.</summary>
internal sealed class VaultDesk(AgentLink agent, Documents documents, ClusterFollower follower, RepositoryDatabase repository, TimeProvider time)
{
    private readonly ConcurrentDictionary<string, (DateTimeOffset At, string Reason)> _trouble = new(StringComparer.Ordinal);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Gets every vault.</summary>
    public ImmutableArray<VaultRecord> All => documents.Find(VaultsRecord.Document, MachineJson.Default.VaultsRecord)?.Vaults ?? [];

    /// <summary>Gets what ends when the vaults are set anew; who looks at them gets it before.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Gets them as policies name them.</summary>
    public ImmutableArray<PolicyVault> ForPolicies => [.. All.Select(vault => vault.ForPolicies)];

    /// <summary>Every vault, with what the catalogue has of it.</summary>
    public async Task<IReadOnlyList<VaultInfo>> ListAsync(CancellationToken cancellationToken)
    {
        ImmutableArray<VaultRow> seen = [];
        try
        {
            seen = await repository.Vaults.ListAsync(cancellationToken);
        }
        catch (HoldfastException away) when (away.Code == "repository.down")
        {
            // Which vaults there are is known without it.
        }

        return [.. All.OrderBy(vault => vault.Name, StringComparer.Ordinal).Select(vault => seen.FirstOrDefault(row => row.Vault == vault.Location) is var row
            ? new VaultInfo(vault.Name, vault.Location, vault.PasswordFile, vault.Node, row?.Snapshots, row?.Listed, TroubleOf(vault.Name)?.Reason) : null!)];
    }

    /// <summary>When and why a vault could not be listed the last time; null when it could, or this owner did not try.</summary>
    public (DateTimeOffset At, string Reason)? TroubleOf(string name) => _trouble.TryGetValue(name, out var trouble) ? trouble : null;

    /// <summary>Makes or changes a vault's name; the vault itself is not touched.</summary>
    /// <exception cref="HoldfastException">Code <c>vault.invalid</c>.</exception>
    public Task PutAsync(string name, VaultPut put, Person by, CancellationToken cancellationToken)
    {
        EntityName.Require(name, "vault");
        if (string.IsNullOrWhiteSpace(put.Location) || !(put.Location.StartsWith('/') || put.Location.StartsWith("rest:http", StringComparison.Ordinal) || put.Location.StartsWith("s3:", StringComparison.Ordinal)))
            throw Invalid("location", "is no folder by its full path, rest:URL or s3:URL.");
        if (put.PasswordFile is not { } file || !file.StartsWith('/')) throw Invalid("passwordFile", "is no absolute path.");
        if (put.Node is { } node && follower.Status?.Nodes.All(known => known.Name != node) == true) throw Invalid("node", $"names '{node}', and there is no such node.");
        _trouble.TryRemove(name, out _); // It may be mended by this.
        return ChangeAsync(vaults => [.. vaults.Where(vault => vault.Name != name), new VaultRecord(name, put.Location, put.PasswordFile, put.Node)], $"set vault {name}", by, cancellationToken);
    }

    /// <summary>Forgets a vault's name; the vault itself is not touched.</summary>
    /// <exception cref="HoldfastException">Code <c>vault.not-found</c>.</exception>
    public Task RemoveAsync(string name, Person by, CancellationToken cancellationToken)
    {
        Require(name);
        return ChangeAsync(vaults => vaults.RemoveAll(vault => vault.Name == name), $"removed vault {name}", by, cancellationToken);
    }

    /// <summary>Lists a vault's snapshots into the catalogue.</summary>
    /// <returns>How many there are.</returns>
    public async Task<int> CatalogueAsync(string name, CancellationToken cancellationToken)
    {
        var vault = Require(name);
        var listed = time.GetUtcNow();
        try
        {
            var snapshots = JsonSerializer.Deserialize(await LookAsync(vault, null, new LookRequest(LookKind.Snapshots), cancellationToken), MachineJson.Default.ListedSnapshotArray) ?? [];
            await repository.Snapshots.ReplaceCatalogueAsync(vault.Location, [.. snapshots.Select(snapshot => new CatalogueEntry
            {
                Id = snapshot.Id, Taken = snapshot.Time, Host = snapshot.Hostname, Node = snapshot.Node ?? snapshot.Hostname, Paths = [.. snapshot.Paths], Tags = [.. snapshot.Tags], Original = snapshot.Original,
                Status = snapshot.DeleteAfter is not null ? "forgotten" : snapshot.Held ? "held" : "complete", Type = snapshot.Type, DeltaBytes = snapshot.DeltaBytes, UsedBytes = snapshot.UsedBytes, SharedVolumes = snapshot.SharedVolumes is { } attached ? [.. attached] : null,
            })], listed, cancellationToken);
            _trouble.TryRemove(vault.Name, out _);
            return snapshots.Count(snapshot => snapshot.DeleteAfter is null);
        }
        catch (HoldfastException wrong) when (!wrong.Code.StartsWith("repository.", StringComparison.Ordinal)) // That is no trouble of the vault's.
        {
            _trouble[vault.Name] = (listed, wrong.Message);
            throw;
        }
    }

    /// <summary>Has a node look at a vault.</summary>
    /// <param name="node">The node; null for the vault's own, or any that is up.</param>
    /// <returns>JSON, or JSON lines.</returns>
    /// <exception cref="HoldfastException">Code <c>vault.no-node</c>, or what the node says.</exception>
    public Task<byte[]> LookAsync(VaultRecord vault, string? node, LookRequest request, CancellationToken cancellationToken) =>
        agent.SendForBytesAsync($"v1/nodes/{Uri.EscapeDataString(node ?? NodeFor(vault))}/look", request with { Vault = vault.Location, PasswordFile = vault.PasswordFile }, ApiJson.Default.LookRequest, null, cancellationToken);

    /// <summary>A vault by its name, or by where it is.</summary>
    /// <exception cref="HoldfastException">Code <c>vault.not-found</c>.</exception>
    public VaultRecord Require(string name) => All.FirstOrDefault(vault => vault.Name == name || vault.Location == name)
        ?? throw new HoldfastException(ErrorKind.NotFound, "vault.not-found", $"There is no vault {name}.", "GET /api/v1/vaults lists them; PUT /api/v1/vaults/NAME makes one known.");

    /// <summary>Where the vault of a name is; the name itself when there is none of it, for it may be a place.</summary>
    public string LocationOf(string name) => All.FirstOrDefault(vault => vault.Name == name)?.Location ?? name;

    /// <summary>The node that is asked about a vault.</summary>
    /// <exception cref="HoldfastException">Code <c>vault.no-node</c>.</exception>
    public string NodeFor(VaultRecord vault) => vault.Node
        ?? follower.Status?.Nodes.FirstOrDefault(node => node.State == "up" && node.Kind == NodeKind.Member && node.Name == follower.Status.AnsweredBy)?.Name
        ?? follower.Status?.Nodes.FirstOrDefault(node => node.State == "up" && node.Kind == NodeKind.Member)?.Name
        ?? throw new HoldfastException(ErrorKind.Unavailable, "vault.no-node", $"No node that could look at vault {vault.Name} is up.", "Try again when one is.");

    private async Task ChangeAsync(Func<ImmutableArray<VaultRecord>, ImmutableArray<VaultRecord>> change, string what, Person by, CancellationToken cancellationToken)
    {
        await documents.ChangeAsync(VaultsRecord.Document, MachineJson.Default.VaultsRecord, record => new VaultsRecord { Vaults = change(record?.Vaults ?? []) }, by.Did(what), cancellationToken);
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private static HoldfastException Invalid(string field, string message) => new(ErrorKind.Invalid, "vault.invalid", $"{field}: {message}", "Nothing was changed.");
}
