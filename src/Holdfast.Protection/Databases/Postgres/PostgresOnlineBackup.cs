using System.Globalization;
using System.Text;
using System.Text.Json;
using Holdfast.Protection.Backups;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Chunking;
using Holdfast.Vault.Repository;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Databases.Postgres;

/// <summary>A base backup between <c>pg_backup_start</c> and <c>pg_backup_stop</c>.</summary>
/// <remarks>
/// The label and the log from start to stop go into the data folder's own tree: a base can be restored by itself, even with restic, and the server that finds
/// it recovers. A replication slot of the session holds that log until it is read; slot and backup mode end with the session, however it ends.
/// </remarks>
internal sealed class PostgresOnlineBackup : IOnlineBackup
{
    private const int FirstWithNewNames = 150_000;

    private readonly PostgresOptions _options;
    private readonly string _folder;
    private readonly PsqlSession _session;
    private readonly ServerFacts _server;
    private TreeBackup? _backup;

    private PostgresOnlineBackup(PostgresOptions options, string folder, PsqlSession session, ServerFacts server) => (_options, _folder, _session, _server) = (options, folder, session, server);

    public static async Task<PostgresOnlineBackup> BeginAsync(PostgresOptions options, string folder, PsqlSession session, CancellationToken cancellationToken)
    {
        var server = ServerFacts.Of(await session.AskJsonAsync(ServerFacts.Statement, cancellationToken));
        if (server.IsStandby)
        {
            throw new HoldfastException(ErrorKind.Conflict, "database.is-standby", $"The server of '{options.Name}' is a standby.", "Back up the primary: the chain is the same wherever it runs.");
        }

        await session.AskAsync("select pg_create_physical_replication_slot('holdfast_' || pg_backend_pid(), true, true)", cancellationToken);
        await session.AskAsync(server.Version >= FirstWithNewNames ? "select pg_backup_start('holdfast', true)" : "select pg_start_backup('holdfast', true, false)", cancellationToken);
        return new(options, folder, session, server);
    }

    public BackupProgress Progress => _backup?.Meter.Read() ?? new();

    public async Task<SavedDatabase> SaveAsync(VaultRepository vault, DatabaseSnapshot? parent, Action<FileIssue>? onIssue, CancellationToken cancellationToken)
    {
        var readFrom = _options.Time.GetUtcNow();
        var chunker = new Chunker(vault.Config.ChunkerPolynomial);
        IBlobSource before = parent is null ? vault : new QuietFiles(vault, PostgresBase.Of(parent).ReadFrom);
        var sources = Sources();
        _backup = new TreeBackup(before, vault, chunker, _options.Time);
        var result = await _backup.RunAsync(
            new BackupRequest { Sources = sources, Filter = DataFolderFilter.Filter, Parent = parent?.Snapshot.Tree, Zone = TimeZoneInfo.Utc, CountTotals = true, OnIssue = onIssue }, cancellationToken);

        var stop = await _session.AskJsonAsync(
            $"select json_build_object('lsn', lsn::text, 'label', labelfile, 'map', spcmapfile, 'time', to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US0\"Z\"'), 'next', txid_snapshot_xmax(txid_current_snapshot())) from {(_server.Version >= FirstWithNewNames ? "pg_backup_stop(false)" : "pg_stop_backup(false, false)")}",
            cancellationToken);
        var labelText = stop.GetProperty("label").GetString()!;
        var label = BackupLabel.Parse(labelText);
        var facts = new PostgresBase
        {
            Timeline = label.Timeline,
            Start = label.Start,
            Stop = Lsn.TryParse(stop.GetProperty("lsn").GetString()) ?? throw new HoldfastException(ErrorKind.Conflict, "database.label-damaged", "The server does not say where the backup ends."),
            StopTime = DateTimeOffset.Parse(stop.GetProperty("time").GetString()!, CultureInfo.InvariantCulture),
            ReadFrom = readFrom,
            NextTransaction = stop.GetProperty("next").GetUInt64(),
            SegmentBytes = _server.SegmentBytes,
            Role = _options.Role,
        };
        var log = await SaveLogAsync(vault, chunker, facts, cancellationToken);
        var tree = await CompleteAsync(vault, result.Tree, labelText, stop.GetProperty("map").GetString() ?? "", log.Tree, cancellationToken);
        await vault.FlushAsync(cancellationToken);
        return new(result with { Tree = tree, IsComplete = result.IsComplete && log.IsComplete }, [.. sources.Select(source => source.Path)], facts.Format());
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    private List<BackupSource> Sources()
    {
        List<BackupSource> sources = [new("/data") { ReadFrom = _folder }];
        foreach (var (id, location) in _server.Tablespaces) sources.Add(new($"/tablespace-{id}") { ReadFrom = location });
        // Distributions keep them elsewhere; recovery does not need them, but people do.
        sources.AddRange(from file in _server.ConfigFiles
                         where !file.StartsWith(_folder.TrimEnd('/') + "/", StringComparison.Ordinal) && File.Exists(file)
                         select new BackupSource("/" + Path.GetFileName(file)) { ReadFrom = file });
        return [.. sources.DistinctBy(source => source.Path)];
    }

    private Task<BackupResult> SaveLogAsync(VaultRepository vault, Chunker chunker, PostgresBase facts, CancellationToken cancellationToken)
    {
        var folder = Path.Combine(_folder, "pg_wal");
        // Histories tell recovery how this timeline came to be; few and tiny.
        var names = facts.OwnSegments.Select(segment => segment.Name(facts.SegmentBytes))
            .Concat(Directory.EnumerateFiles(folder, "*.history").Select(path => Path.GetFileName(path)));
        return new TreeBackup(vault, vault, chunker, _options.Time).RunAsync(
            new BackupRequest { Sources = [.. names.Select(name => new BackupSource("/" + name) { ReadFrom = Path.Combine(folder, name) })], Zone = TimeZoneInfo.Utc }, cancellationToken);
    }

    private async Task<BlobId> CompleteAsync(VaultRepository vault, BlobId root, string label, string map, BlobId log, CancellationToken cancellationToken)
    {
        var now = _options.Time.GetUtcNow();
        var like = (await Tree.LoadAsync(vault, root, cancellationToken)).Find("data") ?? throw new InvalidOperationException("The data folder is not in its own backup.");
        var control = await TreeEditor.FileAsync(vault, like, "pg_control", await ReadControlAsync(cancellationToken), now, cancellationToken);
        List<(string, Node)> additions =
        [
            ("data/global", control),
            ("data", await TreeEditor.FileAsync(vault, like, "backup_label", Encoding.UTF8.GetBytes(label), now, cancellationToken)),
            ("data", TreeEditor.Folder(like, "pg_wal", log, now)),
        ];
        if (map.Length > 0) additions.Add(("data", await TreeEditor.FileAsync(vault, like, "tablespace_map", Encoding.UTF8.GetBytes(map), now, cancellationToken)));
        return await TreeEditor.PutAsync(vault, vault, root, additions, cancellationToken);
    }

    /// <summary>The server writes it in one piece, but a reader may see half of that.</summary>
    private async Task<byte[]> ReadControlAsync(CancellationToken cancellationToken)
    {
        var path = Path.Combine(_folder, "global", "pg_control");
        var before = await File.ReadAllBytesAsync(path, cancellationToken);
        while (true)
        {
            var now = await File.ReadAllBytesAsync(path, cancellationToken);
            if (now.AsSpan().SequenceEqual(before)) return now;
            before = now;
        }
    }

    /// <summary>What is asked of the server first.</summary>
    private sealed record ServerFacts(int Version, bool IsStandby, long SegmentBytes, IReadOnlyList<(string Id, string Location)> Tablespaces, IReadOnlyList<string> ConfigFiles)
    {
        public const string Statement = """
            select json_build_object(
              'version', current_setting('server_version_num')::int, 'standby', pg_is_in_recovery(), 'segment', (select setting::bigint from pg_settings where name = 'wal_segment_size'),
              'tablespaces', (select coalesce(json_agg(json_build_array(oid::text, pg_tablespace_location(oid))), '[]') from pg_tablespace where pg_tablespace_location(oid) like '/%'),
              'files', json_build_array(current_setting('config_file'), current_setting('hba_file'), current_setting('ident_file')))
            """;

        public static ServerFacts Of(JsonElement answer) => new(
            answer.GetProperty("version").GetInt32(), answer.GetProperty("standby").GetBoolean(), answer.GetProperty("segment").GetInt64(),
            [.. answer.GetProperty("tablespaces").EnumerateArray().Select(each => (each[0].GetString()!, each[1].GetString()!))],
            [.. answer.GetProperty("files").EnumerateArray().Select(each => each.GetString()!)]);
    }
}
