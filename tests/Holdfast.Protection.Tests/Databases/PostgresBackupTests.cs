using System.Globalization;
using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;

namespace Holdfast.Protection.Tests.Databases;

/// <summary>With a real server. Each test has a server and a vault of its own: what it does to the chain is its own.</summary>
public sealed class PostgresBackupTests : IAsyncLifetime
{
    private readonly DatabaseLab _lab = new();

    public Task InitializeAsync() => _lab.InitializeAsync();

    public Task DisposeAsync() => _lab.DisposeAsync();

    [Fact]
    public async Task Every_row_that_was_acknowledged_before_the_log_was_stored_is_there_after_a_restore_to_the_latest()
    {
        using var stop = new CancellationTokenSource();
        long acknowledged = 0;
        var writer = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) acknowledged = long.Parse(_lab.Server.Ask("insert into orders (what) select repeat('x', 500) from generate_series(1, 20); select count(*) from orders"), CultureInfo.InvariantCulture);
        });
        await _lab.BackupAsync("orders");
        await stop.CancelAsync();
        await writer;
        await _lab.LogAsync("orders");

        var restored = await _lab.RestoreAsync("orders", RecoveryTarget.Latest);
        using var server = PostgresServer.On(restored.Folder);

        Assert.True(acknowledged > 0);
        Assert.Equal(acknowledged, long.Parse(server.Ask("select count(*) from orders"), CultureInfo.InvariantCulture));
        Assert.False(Directory.Exists(Path.Combine(restored.Folder, "holdfast", "wal"))); // The log is taken away when recovery has ended.
    }

    [Fact]
    public async Task A_point_in_time_between_two_inserts_has_the_first_and_not_the_second()
    {
        await _lab.BackupAsync("orders");
        _lab.Server.Ask("insert into orders (what) values ('first')");
        var between = DateTimeOffset.Parse(_lab.Server.Ask("select clock_timestamp()"), CultureInfo.InvariantCulture);
        _lab.Server.Ask("insert into orders (what) values ('second')");
        await _lab.LogAsync("orders");

        var restored = await _lab.RestoreAsync("orders", new RecoveryTarget.Moment(between));
        using var server = PostgresServer.On(restored.Folder);

        Assert.Equal("first", server.Ask("select what from orders"));
    }

    [Fact]
    public async Task A_moment_after_the_last_commit_in_the_log_is_reached_too()
    {
        await _lab.BackupAsync("orders");
        _lab.Server.Ask("insert into orders (what) values ('first')");
        var after = DateTimeOffset.Parse(_lab.Server.Ask("select clock_timestamp()"), CultureInfo.InvariantCulture);
        await _lab.LogAsync("orders");

        using var server = PostgresServer.On((await _lab.RestoreAsync("orders", new RecoveryTarget.Moment(after))).Folder);

        Assert.Equal("first", server.Ask("select what from orders"));
    }

    [Fact]
    public async Task A_place_in_the_log_and_a_transaction_can_be_the_target_too()
    {
        await _lab.BackupAsync("orders");
        var transaction = ulong.Parse(_lab.Server.Ask("insert into orders (what) values ('first') returning txid_current()"), CultureInfo.InvariantCulture);
        var place = _lab.Server.Ask("select pg_current_wal_insert_lsn()");
        _lab.Server.Ask("insert into orders (what) values ('second')");
        await _lab.LogAsync("orders");

        foreach (var target in (RecoveryTarget[])[new RecoveryTarget.Place(place), new RecoveryTarget.Transaction(transaction)])
        {
            using var server = PostgresServer.On((await _lab.RestoreAsync("orders", target)).Folder);
            Assert.Equal("first", server.Ask("select what from orders"));
        }
    }

    [Fact]
    public async Task A_missing_segment_is_refused_by_name_and_nothing_is_written()
    {
        await _lab.BackupAsync("orders");
        await _lab.LogAsync("orders");
        _lab.Server.Ask("insert into orders (what) values ('lost')");
        var lost = await _lab.LogAsync("orders");
        _lab.Server.Ask("insert into orders (what) values ('late')");
        await _lab.LogAsync("orders");
        await Holdfast.Vault.Snapshots.SnapshotFiles.RemoveAsync(_lab.Vault, lost!.Saved.Snapshot, default);
        var folder = _lab.NewFolder();

        var refused = await Assert.ThrowsAsync<HoldfastException>(() => _lab.RestoreAsync("orders", RecoveryTarget.Latest, folder));

        var log = PostgresLog.Of(lost.Saved);
        Assert.Equal("database.wal-missing", refused.Code);
        Assert.Contains(log.Segments[0].Name(log.SegmentBytes), refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(folder));
    }

    [Fact]
    public async Task A_server_that_took_over_elsewhere_continues_the_chain()
    {
        await _lab.BackupAsync("orders");
        _lab.Server.Ask("insert into orders (what) values ('here')");
        await _lab.LogAsync("orders");
        _lab.Server.Stop();
        var moved = _lab.StartOn(await _lab.RestoreAsync("orders", RecoveryTarget.Latest));
        moved.Ask("insert into orders (what) values ('there')");
        await _lab.LogAsync("orders", moved);
        await _lab.BackupAsync("orders", DatabaseBackupType.Incremental, moved);
        moved.Ask("insert into orders (what) values ('there again')");
        await _lab.LogAsync("orders", moved);

        var chain = await _lab.ChainAsync("orders");
        var oldest = await _lab.RestoreAsync("orders", RecoveryTarget.Latest, baseId: chain[0].Snapshot.Id);
        var newest = await _lab.RestoreAsync("orders", RecoveryTarget.Latest);

        Assert.Single(chain.Select(entry => entry.Facts.Id).Distinct());
        Assert.Equal(2u, PostgresBase.Of(newest.Base).Timeline);
        foreach (var restored in (RestoredDatabase[])[oldest, newest])
        {
            using var server = PostgresServer.On(restored.Folder);
            Assert.Equal("here,there,there again", server.Ask("select string_agg(what, ',' order by id) from orders"));
        }
    }

    [Fact]
    public async Task One_table_is_written_out_of_a_point_in_time_and_the_server_for_it_is_gone()
    {
        _lab.Server.Ask("insert into orders (what) values ('kept')");
        await _lab.BackupAsync("orders");
        var before = DateTimeOffset.Parse(_lab.Server.Ask("select clock_timestamp()"), CultureInfo.InvariantCulture);
        _lab.Server.Ask("truncate orders");
        await _lab.LogAsync("orders");
        var output = _lab.NewFolder();
        var scratch = _lab.NewFolder();

        await new DatabaseRehearsal(_lab.Engine("orders"), _lab.Vault, TimeProvider.System)
            .DumpAsync(await _lab.ChainAsync("orders"), new RecoveryTarget.Moment(before), null, new("postgres", output) { Tables = ["orders"] }, scratch, default);

        var dump = File.ReadAllText(output);
        Assert.Contains("\tkept\n", dump, StringComparison.Ordinal);
        Assert.DoesNotContain("TABLE public.other", dump, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(scratch));
    }

    [Fact]
    public async Task A_dry_run_says_what_would_be_laid_down_and_refuses_what_could_not_be_and_writes_nothing()
    {
        await _lab.BackupAsync("orders");
        await _lab.LogAsync("orders");
        var chain = await _lab.ChainAsync("orders");
        var (folder, engine) = (_lab.NewFolder(), _lab.Engine("orders"));
        DatabaseRestoreRequest Dry(RecoveryTarget target) => new() { Vault = _lab.Vault, Chain = chain, Folder = folder, Target = target, DryRun = true };

        var plan = await engine.RestoreAsync(Dry(RecoveryTarget.Latest), default);
        var refused = await Assert.ThrowsAsync<HoldfastException>(() => engine.RestoreAsync(Dry(new RecoveryTarget.Moment(DateTimeOffset.UnixEpoch)), default));
        var rehearsed = await new DatabaseRehearsal(engine, _lab.Vault, TimeProvider.System).DumpAsync(chain, RecoveryTarget.Latest, null, new("postgres", folder + ".sql") { DryRun = true }, folder, default);

        Assert.False(Path.Exists(folder) || File.Exists(folder + ".sql"));
        Assert.Equal("database.target-too-early", refused.Code);
        Assert.Equal((plan.Bytes, plan.Logs.Count), (rehearsed.Bytes, rehearsed.Logs.Count));
        var real = await _lab.RestoreAsync("orders", RecoveryTarget.Latest);
        Assert.Equal(real.Logs, plan.Logs);
        Assert.Equal(real.Bytes, plan.Bytes);
    }

    [Fact]
    public async Task A_dump_over_a_file_is_refused_before_a_server_is_laid_down_for_it()
    {
        await _lab.BackupAsync("orders");
        var (scratch, output) = (_lab.NewFolder(), _lab.NewFolder());
        await File.WriteAllTextAsync(output, "mine");

        var refused = await Assert.ThrowsAsync<HoldfastException>(async () => await new DatabaseRehearsal(_lab.Engine("orders"), _lab.Vault, TimeProvider.System)
            .DumpAsync(await _lab.ChainAsync("orders"), RecoveryTarget.Latest, null, new("postgres", output), scratch, default));

        Assert.Equal("file.exists", refused.Code);
        Assert.Equal("mine", await File.ReadAllTextAsync(output));
        Assert.False(Directory.Exists(scratch));
    }

    [Fact]
    public async Task A_backup_that_was_killed_leaves_the_server_able_to_begin_another()
    {
        var killed = await _lab.Engine("orders").BeginAsync(default);
        PostgresServer.Run("kill", "-KILL", _lab.Server.ClientId());
        await Assert.ThrowsAsync<HoldfastException>(() => killed.SaveAsync(_lab.Vault, null, null, default));
        await killed.DisposeAsync();

        var next = await _lab.BackupAsync("orders");

        Assert.Equal(DatabaseBackupType.Full, next.Saved.Facts.Type);
        Assert.Single(await _lab.ChainAsync("orders"));
        Assert.Equal("0", _lab.Server.Ask("select count(*) from pg_replication_slots"));
    }

    [Fact]
    public async Task What_did_not_change_is_not_read_again_and_what_was_written_last_is()
    {
        // Old enough to be trusted: what was written within two seconds of a backup is read again by the next.
        foreach (var file in Directory.EnumerateFiles(_lab.Server.Data, "*", SearchOption.AllDirectories).Where(file => !file.Contains("pg_wal", StringComparison.Ordinal))) File.SetLastWriteTimeUtc(file, new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        var full = await _lab.BackupAsync("orders");
        _lab.Server.Ask("insert into orders (what) values ('new')");

        var second = await _lab.BackupAsync("orders", DatabaseBackupType.Incremental);
        using var server = PostgresServer.On((await _lab.RestoreAsync("orders", RecoveryTarget.Latest)).Folder);

        Assert.Equal(DatabaseBackupType.Incremental, second.Saved.Facts.Type);
        Assert.True(second.Counts.ReadBytes < full.Counts.ReadBytes / 5, $"{second.Counts.ReadBytes} of {full.Counts.ReadBytes} bytes were read again");
        Assert.Equal("new", server.Ask("select what from orders"));
    }

    [Fact]
    public async Task A_proof_tells_a_good_backup_from_one_with_a_damaged_index()
    {
        _lab.Server.Ask("insert into orders (what) select md5(i::text) from generate_series(1, 20000) i; create index orders_what on orders (what)");
        await _lab.BackupAsync("orders");
        var good = await ProveAsync();
        var file = Path.Combine(_lab.Server.Data, _lab.Server.Ask("checkpoint; select pg_relation_filepath('orders_what')"));
        _lab.Server.Stop();
        using (var index = File.OpenHandle(file, FileMode.Open, FileAccess.ReadWrite)) RandomAccess.Write(index, new byte[2048], (3 * 8192) + 6000);
        _lab.Server.Start();
        await _lab.BackupAsync("orders");

        var bad = await ProveAsync();

        Assert.True(good.IsProven, string.Join("; ", good.Checks) + good.Failure);
        Assert.Contains(good.Checks, check => check.Finding == "20100 rows in 2 tables");
        Assert.False(bad.IsProven);
    }

    [Fact]
    public async Task A_base_that_restic_restored_starts_by_itself()
    {
        _lab.Server.Ask("insert into orders (what) values ('kept')");
        var saved = await _lab.BackupAsync("orders");
        var folder = _lab.NewFolder();
        PostgresServer.Run("env", "RESTIC_PASSWORD=" + DatabaseLab.Password, "restic", "-r", _lab.VaultFolder, "--no-cache", "-q", "restore", saved.Saved.Snapshot.Id, "--target", folder);
        PostgresServer.Run("chmod", "755", folder); // restic makes it its own.

        using var server = PostgresServer.On(Path.Combine(folder, "data"));

        Assert.Equal("kept", server.Ask("select what from orders"));
        Assert.Equal("", PostgresServer.Run("env", "RESTIC_PASSWORD=" + DatabaseLab.Password, "restic", "-r", _lab.VaultFolder, "--no-cache", "-q", "check", "--read-data").Trim());
    }

    [Fact]
    public async Task Tablespaces_go_beside_the_restored_folder_and_never_where_they_were()
    {
        var place = PostgresServer.MakeFolder("holdfast-tablespace-");
        PostgresServer.Run("chown", "postgres", place);
        try
        {
            _lab.Server.Ask($"create tablespace apart location '{place}'");
            _lab.Server.Ask("create table far (what text) tablespace apart; insert into far values ('away')");
            await _lab.BackupAsync("orders");
            var restored = await _lab.RestoreAsync("orders", RecoveryTarget.Immediate);

            using var server = PostgresServer.On(restored.Folder);

            Assert.Equal("away", server.Ask("select what from far"));
            Assert.StartsWith(restored.Folder + ".tablespaces/", server.Ask("select pg_tablespace_location(oid) from pg_tablespace where spcname = 'apart'"), StringComparison.Ordinal);
        }
        finally
        {
            _lab.Server.Stop();
            Directory.Delete(place, recursive: true);
        }
    }

    private async Task<DatabaseProof> ProveAsync() =>
        await new DatabaseRehearsal(_lab.Engine("orders"), _lab.Vault, TimeProvider.System).ProveAsync(await _lab.ChainAsync("orders"), RecoveryTarget.Latest, _lab.NewFolder(), default);
}
