using System.Collections.Immutable;
using System.Data.Common;
using System.Text.Json;
using Dapper;
using Holdfast.Management.Repository.Queries;
using Holdfast.Management.Repository.Rows;

namespace Holdfast.Management.Repository.Tables;

/// <summary>The catalogue of snapshots: filled from results of backups, and made anew from what a vault lists.</summary>
public sealed class SnapshotsTable
{
    private const int NameDigits = 8;

    private static readonly KeyedList List = new(
        "snapshots", "taken", """
        key, vault, id, status, name, type, delta_bytes, used_bytes, shared_volumes, taken, host, node, paths, tags, operation, thing,
        (SELECT state FROM proofs WHERE proofs.vault = seen.vault AND proofs.id = coalesce(seen.original, seen.id)) AS proof_state,
        (SELECT at FROM proofs WHERE proofs.vault = seen.vault AND proofs.id = coalesce(seen.original, seen.id)) AS proof_at
        """);

    private readonly RepositoryDatabase _database;

    internal SnapshotsTable(RepositoryDatabase database) => _database = database;

    /// <summary>Lists snapshots.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>request.limit-invalid</c>, <c>request.after-invalid</c>.</exception>
    public Task<Page<SnapshotRow>> ListAsync(SnapshotsQuery query, CancellationToken cancellationToken) =>
        KeyedList.ReadAsync<Stored, SnapshotRow>(_database, Select(query), row => new PageKey(row.Taken, row.Key), row => row.Show(), cancellationToken);

    /// <summary>Finds a snapshot; null when the catalogue has none such.</summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>.</exception>
    public Task<SnapshotRow?> FindAsync(string vault, string id, CancellationToken cancellationToken) => _database.ReadAsync(async connection =>
        (await connection.QuerySingleOrDefaultAsync<Stored>(new CommandDefinition(
            $"SELECT {List.Columns} FROM snapshots AS seen WHERE vault = @vault AND id = @id", new { vault, id }, cancellationToken: cancellationToken)))?.Show(), cancellationToken);

    /// <summary>
    /// Makes the catalogue of a vault what the vault lists, in one transaction: what is not listed is gone, what is new is there, and what only results knew of the others
    /// (operation, proof, counts) stays. Nothing is written of those that are as they were.
    /// </summary>
    /// <exception cref="HoldfastException"><c>repository.down</c>, <c>repository.fenced</c>.</exception>
    public Task ReplaceCatalogueAsync(string vault, IReadOnlyList<CatalogueEntry> entries, DateTimeOffset listed, CancellationToken cancellationToken) => _database.WriteAsync(async transaction =>
    {
        var connection = transaction.Connection!;
        var present = (await connection.QueryAsync<Stored>(
            "SELECT key, id, original, status, name, type, delta_bytes, used_bytes, shared_volumes, taken, host, node, paths, tags, operation, thing FROM snapshots WHERE vault = @vault", new { vault }, transaction)).ToDictionary(row => row.Id, StringComparer.Ordinal);
        var known = present.Values.Where(row => row.Operation is not null || row.Thing is not null).ToLookup(row => row.Original ?? row.Id, StringComparer.Ordinal);
        foreach (var gone in present.Values.ExceptBy(entries.Select(entry => entry.Id), row => row.Id, StringComparer.Ordinal)) await connection.ExecuteAsync("DELETE FROM snapshots WHERE key = @Key", new { gone.Key }, transaction);
        foreach (var entry in entries.Where(entry => present.GetValueOrDefault(entry.Id)?.Says(entry) != true))
        {
            // One whose tags were changed has another id, and is still what that run made of that thing.
            var before = present.ContainsKey(entry.Id) ? null : known[entry.Original ?? entry.Id].FirstOrDefault();
            await WriteAsync(transaction, vault, entry, before?.Operation, before?.Thing);
        }

        await VaultsTable.SeeAsync(transaction, vault, listed, listed);
        await VaultsTable.RecountAsync(transaction, vault);
        return true;
    }, cancellationToken);

    internal static KeyedSelect Select(SnapshotsQuery query) => List.Build(query, Filter.Indexed("thing", query.Thing), Filter.Indexed("host", query.Host), Filter.Indexed("node", query.Node), Filter.Indexed("vault", query.Vault));

    /// <summary>Writes a snapshot of a vault that was seen; what is null leaves what is known.</summary>
    internal static async Task PutAsync(DbTransaction transaction, string vault, CatalogueEntry entry, string? operation, string? thing)
    {
        var before = await transaction.Connection!.QuerySingleOrDefaultAsync<Stored>("SELECT delta_bytes FROM snapshots WHERE vault = @vault AND id = @Id", new { vault, entry.Id }, transaction);
        await WriteAsync(transaction, vault, entry, operation, thing);
        await VaultsTable.CountAsync(transaction, vault, before is null ? 1 : 0, entry.DeltaBytes - (before?.DeltaBytes ?? 0));
    }

    private static async Task WriteAsync(DbTransaction transaction, string vault, CatalogueEntry entry, string? operation, string? thing) => await transaction.Connection!.ExecuteAsync(
        """
        INSERT INTO snapshots (vault, id, original, status, name, type, delta_bytes, used_bytes, shared_volumes, taken, host, node, paths, tags, operation, thing)
        VALUES (@vault, @Id, @Original, @Status, @name, @Type, @DeltaBytes, @UsedBytes, coalesce(@shared, '[]'), @taken, @Host, @Node, @paths, @tags, @operation, @thing)
        ON CONFLICT (vault, id) DO UPDATE SET original = coalesce(excluded.original, snapshots.original), status = excluded.status, name = excluded.name, type = coalesce(excluded.type, snapshots.type),
            delta_bytes = coalesce(excluded.delta_bytes, snapshots.delta_bytes), used_bytes = coalesce(excluded.used_bytes, snapshots.used_bytes), shared_volumes = coalesce(@shared, snapshots.shared_volumes), taken = excluded.taken, host = excluded.host,
            node = CASE WHEN @operation IS NULL THEN coalesce(snapshots.node, excluded.node) ELSE coalesce(excluded.node, snapshots.node) END,
            paths = excluded.paths, tags = excluded.tags, operation = coalesce(excluded.operation, snapshots.operation), thing = coalesce(excluded.thing, snapshots.thing)
        """,
        new
        {
            vault, entry.Id, entry.Original, entry.Status, name = NameOf(entry), entry.Type, entry.DeltaBytes, entry.UsedBytes,
            shared = entry.SharedVolumes is { } attached ? Texts(attached) : null, taken = Stamp.Of(entry.Taken), entry.Host, entry.Node, paths = Texts(entry.Paths), tags = Texts(entry.Tags), operation, thing,
        },
        transaction);

    /// <summary>Writes what became of a proof, unless a later one is known.</summary>
    internal static async Task ProveAsync(DbTransaction transaction, string vault, string id, SnapshotProof proof) => await transaction.Connection!.ExecuteAsync(
        """
        INSERT INTO proofs (vault, id, state, at) VALUES (@vault, @id, @State, @at)
        ON CONFLICT (vault, id) DO UPDATE SET state = excluded.state, at = excluded.at WHERE proofs.at <= excluded.at
        """,
        new { vault, id, proof.State, at = Stamp.Of(proof.At) }, transaction);

    private static string NameOf(CatalogueEntry entry) => entry.Name ?? entry.Id[..Math.Min(entry.Id.Length, NameDigits)];

    private static string Texts(ImmutableArray<string> texts) => JsonSerializer.Serialize(texts, StoredJson.Default.ImmutableArrayString);

    private sealed class Stored
    {
        public long Key { get; set; }

        public string Vault { get; set; } = "";

        public string Id { get; set; } = "";

        public string? Original { get; set; }

        public string Status { get; set; } = "";

        public string Name { get; set; } = "";

        public string? Type { get; set; }

        public long? DeltaBytes { get; set; }

        public long? UsedBytes { get; set; }

        public string SharedVolumes { get; set; } = "";

        public string? ProofState { get; set; }

        public long? ProofAt { get; set; }

        public long Taken { get; set; }

        public string Host { get; set; } = "";

        public string? Node { get; set; }

        public string Paths { get; set; } = "";

        public string Tags { get; set; } = "";

        public string? Operation { get; set; }

        public string? Thing { get; set; }

        public SnapshotRow Show() => new()
        {
            Id = Id, Vault = Vault, Status = Status, Name = Name, Type = Type, DeltaBytes = DeltaBytes, UsedBytes = UsedBytes, SharedVolumes = Read(SharedVolumes),
            Proof = ProofState is { } state && ProofAt is { } at ? new SnapshotProof(state, Stamp.From(at)) : null, Taken = Stamp.From(Taken), Host = Host, Node = Node, Paths = Read(Paths), Tags = Read(Tags), Operation = Operation, Thing = Thing,
        };

        // Whether writing the entry would leave it as it is.
        public bool Says(CatalogueEntry entry) =>
            (Status, Name, Taken, Host, Paths, Tags) == (entry.Status, NameOf(entry), Stamp.Of(entry.Taken), entry.Host, Texts(entry.Paths), Texts(entry.Tags))
            && (entry.Original ?? Original) == Original && (Node is not null || entry.Node is null) && (entry.SharedVolumes is not { } attached || Texts(attached) == SharedVolumes) && (entry.Type ?? Type, entry.DeltaBytes ?? DeltaBytes, entry.UsedBytes ?? UsedBytes) == (Type, DeltaBytes, UsedBytes);

        private static ImmutableArray<string> Read(string texts) => JsonSerializer.Deserialize(texts, StoredJson.Default.ImmutableArrayString);
    }
}
