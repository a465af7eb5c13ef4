using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Tests.Databases;

public sealed class DatabaseFactsTests
{
    [Fact]
    public void Facts_survive_the_snapshot_file()
    {
        var log = new PostgresLog { SegmentBytes = 16 << 20, Segments = [new(1, 3), new(1, 4), new(1, 9), new(2, 9)], Others = ["00000002.history"], Until = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero) };
        var facts = new DatabaseFacts { Engine = "postgresql", Id = "7", Name = "orders=and,more", Type = DatabaseBackupType.Log, Version = "15.8", Details = log.Format() };
        var snapshot = new Snapshot { Time = DateTimeOffset.UnixEpoch, Tree = BlobId.Of([1]), Facts = new() { Type = SnapshotType.Incremental, Unknown = facts.Format() } };

        var read = DatabaseFacts.Of(SnapshotJson.Read("aa", SnapshotJson.Write(snapshot)))!;
        var readLog = PostgresLog.Of(new(snapshot, read));

        Assert.Equal((facts.Engine, facts.Id, facts.Name, facts.Type, facts.Version), (read.Engine, read.Id, read.Name, read.Type, read.Version));
        Assert.Equal(log.Segments, readLog.Segments);
        Assert.Equal(log.Others, readLog.Others);
        Assert.Equal(log.Until, readLog.Until);
        Assert.Equal(3, read.AllDetails("wal").Count()); // As ranges.
    }

    [Fact]
    public void A_snapshot_of_something_else_is_no_database() =>
        Assert.Null(DatabaseFacts.Of(new Snapshot { Time = DateTimeOffset.UnixEpoch, Tree = default, Facts = new() { Unknown = ["hf:db-name=x", "hf:future=1"] } }));

    [Fact]
    public void A_name_that_two_databases_had_must_be_told_apart()
    {
        DatabaseSnapshot[] all = [Of("7"), Of("8")];

        Assert.Equal("database.ambiguous", Assert.Throws<HoldfastException>(() => DatabaseCatalog.ChainOf(all, "orders", null)).Code);
        Assert.Equal("8", Assert.Single(DatabaseCatalog.ChainOf(all, "orders", "8")).Facts.Id);
        Assert.Equal("database.not-found", Assert.Throws<HoldfastException>(() => DatabaseCatalog.ChainOf(all, "shop", null)).Code);
    }

    [Fact]
    public void A_differential_builds_on_the_last_full_and_an_incremental_on_the_last_of_any_type()
    {
        DatabaseSnapshot[] bases = [Of("1"), Of("2", DatabaseBackupType.Differential), Of("3", DatabaseBackupType.Incremental)];

        Assert.Null(DatabaseBackup.ParentOf(DatabaseBackupType.Full, bases));
        Assert.Equal("1", DatabaseBackup.ParentOf(DatabaseBackupType.Differential, bases)!.Facts.Id);
        Assert.Equal("3", DatabaseBackup.ParentOf(DatabaseBackupType.Incremental, bases)!.Facts.Id);
        Assert.Null(DatabaseBackup.ParentOf(DatabaseBackupType.Incremental, []));
    }

    [Fact]
    public void A_restored_configuration_has_one_target()
    {
        var kept = RecoverySettings.WithoutRecovery("work_mem = '4MB'\nrecovery_target_time = 'yesterday'\nrestore_command = 'cp'\n");
        var settings = RecoverySettings.For(new RecoveryTarget.Moment(new(2026, 11, 21, 12, 0, 0, 500, TimeSpan.FromHours(1))), 2, "cp \"it's\"/%f", null, pause: true);

        Assert.Equal("work_mem = '4MB'\n", kept);
        Assert.Equal("2026-11-21 11:00:00.500000+00", settings["recovery_target_time"]);
        Assert.Equal("pause", settings["recovery_target_action"]);
        Assert.Contains("restore_command = 'cp \"it''s\"/%f'\n", RecoverySettings.Format(settings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_map_of_tablespaces_is_read_back_whatever_their_paths()
    {
        (string, string)[] map = [("16384", "/srv/a b"), ("16385", "/srv/line\nend"), ("16386", "/srv/back\\slash")];

        Assert.Equal(map, TablespaceMap.Parse(TablespaceMap.Format(map)));
    }

    private static DatabaseSnapshot Of(string id, DatabaseBackupType type = DatabaseBackupType.Full) =>
        new(new Snapshot { Time = DateTimeOffset.UnixEpoch, Tree = default }, new DatabaseFacts { Engine = "postgresql", Id = id, Name = "orders", Type = type });
}
