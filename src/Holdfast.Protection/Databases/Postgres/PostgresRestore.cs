using System.Text;
using Holdfast.Protection.Native;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>Lays down a data folder that recovers to a target when a server starts on it.</summary>
/// <param name="options">Where the programs are.</param>
/// <param name="request">What is asked for.</param>
internal sealed class PostgresRestore(PostgresOptions options, DatabaseRestoreRequest request)
{
    private readonly StoredFiles _files = new(request.Vault);

    public async Task<RestoredDatabase> RunAsync(CancellationToken cancellationToken)
    {
        var folder = Path.GetFullPath(request.Folder);
        // Everything that can be refused is refused here, while nothing is written yet.
        if (Directory.Exists(folder) && Directory.EnumerateFileSystemEntries(folder).Any()) throw DatabaseErrors.FolderNotEmpty(folder);
        var chain = await PostgresChain.ReadAsync(request.Vault, request.Chain, cancellationToken);
        var plan = PostgresRestorePlanner.Plan(chain, request.Target, request.Base);
        var root = plan.Snapshot.Snapshot.Tree;
        var data = await _files.FindAsync(root, "data", cancellationToken) is { Subtree: not null } node ? node : throw DatabaseErrors.Damaged(plan.Snapshot, "it has no data folder");
        var map = await TablespacesAsync(root, folder, cancellationToken);
        foreach (var (_, place) in map.Where(each => Directory.Exists(each.Place) && Directory.EnumerateFileSystemEntries(each.Place).Any())) throw DatabaseErrors.FolderNotEmpty(place);

        if (request.DryRun) return new(folder, plan.Snapshot, request.Target, [.. plan.Log.Select(file => file.Node.Name)], new Dictionary<string, string>(), await BytesAsync(root, data.Subtree!.Value, map, plan, cancellationToken));

        var owner = FileOwner.OfRestored(data.User, new FileOwner(data.Uid, data.Gid));
        StoredFiles.MakeFolder(folder, owner);
        await _files.LayDownAsync(data.Subtree!.Value, folder, owner, IsOfData, cancellationToken);
        await LayTablespacesAsync(root, folder, map, owner, cancellationToken);
        var settings = await LayLogAsync(folder, plan, owner, cancellationToken);
        Configure(folder, settings, owner);
        await Tool.RunAsync("sync", ["-f", folder], cancellationToken);
        return new(folder, plan.Snapshot, request.Target, [.. plan.Log.Select(file => file.Node.Name)], settings, _files.Bytes);
    }

    private async Task<long> BytesAsync(Vault.Blobs.BlobId root, Vault.Blobs.BlobId data, IReadOnlyList<(string Id, string Place)> map, PostgresRestorePlan plan, CancellationToken cancellationToken)
    {
        var bytes = await _files.SizeAsync(data, IsOfData, cancellationToken) + (request.FetchCommand is null ? plan.Log.Sum(file => (long)file.Node.Size) : 0);
        foreach (var (id, _) in map) bytes += await _files.SizeAsync(await TablespaceAsync(root, id, cancellationToken), null, cancellationToken);
        return bytes;
    }

    // The links to tablespaces are left out: they lead to where those were, where the server that was backed up may be running.
    private static bool IsOfData(string path) => path != "tablespace_map" && !path.StartsWith("pg_tblspc/", StringComparison.Ordinal);

    private async Task<IReadOnlyList<(string Id, string Place)>> TablespacesAsync(Vault.Blobs.BlobId root, string folder, CancellationToken cancellationToken)
    {
        if (await _files.FindAsync(root, "data/tablespace_map", cancellationToken) is not { } node) return [];
        List<(string, string)> map = [];
        foreach (var (id, location) in TablespaceMap.Parse(Encoding.UTF8.GetString(await _files.ReadAsync(node, cancellationToken))))
        {
            var place = request.Tablespaces.GetValueOrDefault(id) ?? request.Tablespaces.GetValueOrDefault(location) ?? Path.Combine(folder + ".tablespaces", id);
            map.Add((id, Path.GetFullPath(place)));
        }

        return map;
    }

    private async Task<Vault.Blobs.BlobId> TablespaceAsync(Vault.Blobs.BlobId root, string id, CancellationToken cancellationToken) =>
        await _files.FindAsync(root, $"tablespace-{id}", cancellationToken) is { Subtree: { } tree } ? tree
        : throw new HoldfastException(ErrorKind.Conflict, "database.backup-damaged", $"The tablespace {id} is not in the backup.", "Take another base with --base.");

    private async Task LayTablespacesAsync(Vault.Blobs.BlobId root, string folder, IReadOnlyList<(string Id, string Place)> map, FileOwner owner, CancellationToken cancellationToken)
    {
        foreach (var (id, place) in map)
        {
            StoredFiles.MakeFolder(place, owner);
            await _files.LayDownAsync(await TablespaceAsync(root, id, cancellationToken), place, owner, null, cancellationToken);
        }

        // The server makes the links from it when it starts.
        if (map.Count > 0) Write(Path.Combine(folder, "tablespace_map"), TablespaceMap.Format(map), owner);
    }

    private async Task<IReadOnlyDictionary<string, string>> LayLogAsync(string folder, PostgresRestorePlan plan, FileOwner owner, CancellationToken cancellationToken)
    {
        if (request.FetchCommand is { } fetch) return RecoverySettings.For(request.Target, plan.Timeline.Timeline, fetch, null, request.Pause);
        var own = Path.Combine(folder, DataFolderFilter.OwnFolder);
        var log = Path.Combine(own, "wal");
        StoredFiles.MakeFolder(own, owner);
        StoredFiles.MakeFolder(log, owner);
        foreach (var file in plan.Log) await _files.LayDownAsync(file.Node, Path.Combine(log, file.Node.Name), owner, cancellationToken);
        var place = RecoverySettings.Quote(log);
        var target = await IsEndOfLogAsync(folder, log, plan, owner, cancellationToken) ? RecoveryTarget.Latest : request.Target;
        return RecoverySettings.For(target, plan.Timeline.Timeline, $"cp {place}/%f \"%p\"", $"rm -rf {place}", request.Pause);
    }

    /// <summary>PostgreSQL refuses a moment after which the log has no commit, though everything before it is there: then the end of what was laid down is that moment.</summary>
    private async Task<bool> IsEndOfLogAsync(string folder, string log, PostgresRestorePlan plan, FileOwner owner, CancellationToken cancellationToken)
    {
        if (request.Target is not RecoveryTarget.Moment moment) return false;
        var programs = PostgresPrograms.TryFind(PostgresPrograms.MajorOf(folder), options.Programs);
        // Written to after the moment: only these can have such a commit.
        List<string> late = [.. plan.Log.Where(file => WalSegment.IsName(file.Node.Name) && file.WrittenAt > moment.Time).Select(file => Path.Combine(log, file.Node.Name))];
        return programs is not null && await CommitTimes.AnyAfterAsync(programs, owner, late, moment.Time, cancellationToken) == false;
    }

    private static void Configure(string folder, IReadOnlyDictionary<string, string> settings, FileOwner owner)
    {
        // This file is read last and so wins over whatever configuration the server will be given.
        var path = Path.Combine(folder, "postgresql.auto.conf");
        var kept = File.Exists(path) ? RecoverySettings.WithoutRecovery(File.ReadAllText(path)) : "";
        File.Delete(path);
        Write(path, kept + RecoverySettings.Format(settings), owner);
        Write(Path.Combine(folder, "recovery.signal"), "", owner);
    }

    private static void Write(string path, string text, FileOwner owner)
    {
        using (var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite })) file.Write(Encoding.UTF8.GetBytes(text));
        owner.Take(path);
    }
}
