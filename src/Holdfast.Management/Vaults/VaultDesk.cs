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

/// <summary>The vaults: who they are, what is in them, and what is restored from them. What is in them is looked at by a node, with the product's own commands.</summary>
internal sealed class VaultDesk(AgentLink agent, Documents documents, ClusterFollower follower, RepositoryDatabase repository, TimeProvider time)
{
    private const int MostChanges = 1000;
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
            var snapshots = JsonSerializer.Deserialize(await LookAsync(vault, new LookRequest(LookKind.Snapshots), cancellationToken), MachineJson.Default.ListedSnapshotArray) ?? [];
            await repository.Snapshots.ReplaceCatalogueAsync(vault.Location, [.. snapshots.Select(snapshot => new CatalogueEntry
            {
                Id = snapshot.Id, Taken = snapshot.Time, Host = snapshot.Hostname, Node = snapshot.Node ?? snapshot.Hostname, Paths = [.. snapshot.Paths], Tags = [.. snapshot.Tags], Status = snapshot.Held ? "held" : "complete",
                Type = snapshot.Type, DeltaBytes = snapshot.DeltaBytes, UsedBytes = snapshot.UsedBytes, SharedVolumes = snapshot.SharedVolumes is { } attached ? [.. attached] : null,
            })], listed, cancellationToken);
            _trouble.TryRemove(vault.Name, out _);
            return snapshots.Length;
        }
        catch (HoldfastException wrong) when (!wrong.Code.StartsWith("repository.", StringComparison.Ordinal)) // That is no trouble of the vault's.
        {
            _trouble[vault.Name] = (listed, wrong.Message);
            throw;
        }
    }

    /// <summary>One folder of a snapshot.</summary>
    public async Task<IReadOnlyList<SnapshotFile>> FilesAsync(string name, string snapshot, string path, CancellationToken cancellationToken) =>
    [
        .. Lines(await LookAsync(Require(name), new LookRequest(LookKind.Files, Snapshot: snapshot, Path: path), cancellationToken)).Select(line => JsonSerializer.Deserialize(line, MachineJson.Default.ListedFile)!)
            .Select(file => new SnapshotFile(file.Path[(file.Path.LastIndexOf('/') + 1)..], file.Type, file.Size, file.ModifiedAt, file.Mode is { } mode ? Convert.ToString(mode, 8) : null, $"{file.Uid}:{file.Gid}")),
    ];

    /// <summary>Says what a restore would do, or has a node do it as a job of its own.</summary>
    /// <exception cref="HoldfastException">Code <c>restore.invalid</c>, or what the node says.</exception>
    public async Task<RestoreAnswer> RestoreAsync(RestoreAsked asked, Person by, CancellationToken cancellationToken)
    {
        var vault = Require(asked.Vault);
        RequirePlace(asked);
        var node = follower.Status?.Nodes.FirstOrDefault(known => known.Name == asked.Node) ?? throw new HoldfastException(ErrorKind.Invalid, "restore.invalid", $"node: there is no node '{asked.Node}'.", "GET /api/v1/nodes lists them.");
        return asked.DryRun ? await PreviewAsync(vault, asked, cancellationToken) : await BeginAsync(vault, asked, node.Name, by, cancellationToken);
    }

    /// <summary>Refuses what names no place; and the root for a whole snapshot, because what lies there may be the machine itself.</summary>
    /// <exception cref="HoldfastException">Code <c>restore.invalid</c>.</exception>
    internal static void RequirePlace(RestoreAsked asked)
    {
        if (asked.Paths.FirstOrDefault(path => !path.StartsWith('/') || path == "/") is { } bad) throw new HoldfastException(ErrorKind.Invalid, "restore.invalid", $"paths: '{bad}' is no path below the root.", "Give paths as the snapshot has them, such as /srv/data.");
        if (asked.Target is not { } target || !target.StartsWith('/')) throw new HoldfastException(ErrorKind.Invalid, "restore.invalid", "target: is no folder by its full path.", "Give a folder of its own, or / for where the paths came from.");
        if (target == "/" && asked.Paths.Count == 0) throw new HoldfastException(ErrorKind.Invalid, "restore.invalid", "target: is the root, and no paths are named.", "Name what to bring back to where it came from, or restore the whole to a folder of its own.");
    }

    private async Task<RestoreAnswer> PreviewAsync(VaultRecord vault, RestoreAsked asked, CancellationToken cancellationToken)
    {
        var lines = Lines(await LookAsync(vault with { Node = asked.Node }, new LookRequest(LookKind.RestorePreview, Snapshot: asked.Snapshot, Paths: asked.Paths, Target: asked.Target), cancellationToken))
            .Select(line => JsonSerializer.Deserialize(line, MachineJson.Default.PreviewLine)!).ToList();
        var summary = lines.LastOrDefault(line => line.MessageType == "summary");
        return new RestoreAnswer(null, null, "Nothing was changed.", [.. lines.Where(line => line.MessageType == "action").Take(MostChanges).Select(line => new RestoreStep(line.Path!, line.Action!, line.Bytes))],
            new Dictionary<string, long> { ["files"] = summary?.FilesRestored ?? 0, ["bytes"] = summary?.BytesRestored ?? 0, ["deleted"] = summary?.Deleted ?? 0 });
    }

    // A job like any other: under the leash, with a row in the ledger and progress that anybody can see.
    private async Task<RestoreAnswer> BeginAsync(VaultRecord vault, RestoreAsked asked, string node, Person by, CancellationToken cancellationToken)
    {
        var job = $"restore-{Convert.ToHexStringLower(Guid.NewGuid().ToByteArray())[..10]}";
        string[] command =
        [
            "holdfast", "restore", "--vault", vault.Location, "--password-file", vault.PasswordFile, "--target", asked.Target, "--verify",
            .. asked.Paths.SelectMany(path => (string[])["--include", path]), "--", asked.Snapshot,
        ];
        var yaml = $"""
            kind: Job
            name: {job}
            run: command
            command: [{string.Join(", ", command.Select(Quoted))}]
            placement: {"{"} required: [{node}] {"}"}
            user: {Environment.UserName}
            """;
        await agent.SendTextAsync("v1/apply", yaml, ApiJson.Default.ApplyResponse, by.Caller, cancellationToken);
        var run = await agent.SendAsync(HttpMethod.Post, $"v1/jobs/{job}/run", new JobPauseRequest(null), ApiJson.Default.JobPauseRequest, ApiJson.Default.JobRunAnswer, by.Caller, cancellationToken);
        return new RestoreAnswer($"{job}:{run.Run}", job, $"Job {job} restores on {node}.");
    }

    private Task<byte[]> LookAsync(VaultRecord vault, LookRequest request, CancellationToken cancellationToken)
    {
        var node = vault.Node ?? follower.Status?.Nodes.FirstOrDefault(node => node.State == "up" && node.Kind == NodeKind.Member && node.Name == follower.Status.AnsweredBy)?.Name
            ?? follower.Status?.Nodes.FirstOrDefault(node => node.State == "up" && node.Kind == NodeKind.Member)?.Name
            ?? throw new HoldfastException(ErrorKind.Unavailable, "vault.no-node", $"No node that could look at vault {vault.Name} is up.", "Try again when one is.");
        return agent.SendForBytesAsync($"v1/nodes/{Uri.EscapeDataString(node)}/look", request with { Vault = vault.Location, PasswordFile = vault.PasswordFile }, ApiJson.Default.LookRequest, cancellationToken);
    }

    private VaultRecord Require(string name) => All.FirstOrDefault(vault => vault.Name == name || vault.Location == name)
        ?? throw new HoldfastException(ErrorKind.NotFound, "vault.not-found", $"There is no vault {name}.", "GET /api/v1/vaults lists them; PUT /api/v1/vaults/NAME makes one known.");

    private async Task ChangeAsync(Func<ImmutableArray<VaultRecord>, ImmutableArray<VaultRecord>> change, string what, Person by, CancellationToken cancellationToken)
    {
        await documents.ChangeAsync(VaultsRecord.Document, MachineJson.Default.VaultsRecord, record => new VaultsRecord { Vaults = change(record?.Vaults ?? []) }, by.Did(what), cancellationToken);
        Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    private static IEnumerable<string> Lines(byte[] text) => Encoding.UTF8.GetString(text).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static string Quoted(string text) => $"\"{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    private static HoldfastException Invalid(string field, string message) => new(ErrorKind.Invalid, "vault.invalid", $"{field}: {message}", "Nothing was changed.");
}
