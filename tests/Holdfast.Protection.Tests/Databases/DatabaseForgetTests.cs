using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Keeping;
using Holdfast.Vault.Snapshots;

namespace Holdfast.Protection.Tests.Databases;

/// <summary>Segments of 1 MiB: number 5 holds the bytes from 0/500000 to 0/5FFFFF.</summary>
public sealed class DatabaseForgetTests
{
    private const long SegmentBytes = 1 << 20;
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Log_goes_with_the_last_base_that_may_need_it_and_not_before()
    {
        Snapshot[] all = [Base("old", 2, hour: 0), Log("before", 2, 4, hour: 1), Log("across", 4, 6, hour: 2), Base("new", 5, hour: 3), Log("after", 7, 9, hour: 4)];

        Assert.Equal(["old", "before"], Forgotten(all, new KeepRules { Last = 1 }));
        Assert.Empty(Forgotten(all, new KeepRules { Last = 2 }));
    }

    [Fact]
    public void Places_in_the_log_decide_and_not_the_clocks_of_the_nodes()
    {
        // Stored after the base, by a node whose clock is a day behind.
        Snapshot[] all = [Log("late", 5, 6, hour: -24), Base("base", 5, hour: 0)];

        Assert.Empty(Forgotten(all, new KeepRules { Last = 1 }));
    }

    [Fact]
    public void Log_of_an_older_timeline_stays_as_long_as_a_base_before_the_branch_does()
    {
        Snapshot[] all = [Base("first", 3, hour: 0), Log("first-log", 3, 8, hour: 1), Base("branch", 5, hour: 2, timeline: 2), Log("branch-log", 5, 6, hour: 3, timeline: 2)];

        Assert.Empty(Forgotten(all, new KeepRules { Last = 2 }));
        Assert.Equal(["first"], Forgotten(all, new KeepRules { Last = 1 })); // Its log reaches beyond the start of the branch: it may be needed.
    }

    [Fact]
    public void Log_whose_base_or_place_is_not_known_stays()
    {
        var odd = Log("odd", 1, 2, hour: 0) with { };
        Snapshot[] all =
        [
            Log("alone", 1, 2, hour: 0, name: "other"), Base("base", 5, hour: 1), Log("history", 1, 2, hour: 0, more: new("file", "00000002.history")),
            odd with { Id = "no-place", Facts = new() { Unknown = [.. odd.Facts.Unknown.Where(fact => !fact.Contains("wal", StringComparison.Ordinal))] } },
        ];

        Assert.Empty(Forgotten(all, new KeepRules { Last = 1 }));
    }

    [Fact]
    public void A_base_in_the_trash_keeps_no_log_and_a_hold_keeps_any()
    {
        Snapshot[] all =
        [
            ForgetPlanner.ToTrash(Base("gone", 1, hour: 0), Noon.AddDays(7)) with { Id = "gone" }, Log("old", 1, 2, hour: 1), Log("held", 2, 3, hour: 1) with { Tags = [ReservedTags.Hold] }, Base("base", 5, hour: 2),
        ];

        Assert.Equal(["old"], Forgotten(all, new KeepRules { Last = 1 }));
    }

    [Fact]
    public void Rules_for_one_host_forget_no_log_of_another_and_no_rule_forgets_none()
    {
        Snapshot[] all = [Log("before", 1, 2, hour: 0), Base("base", 5, hour: 1)];

        Assert.Empty(Forgotten(all, new KeepRules { Last = 1 }, host: "other"));
        Assert.Empty(Forgotten(all, new KeepRules()));
        Assert.Equal(["before"], Forgotten(all, new KeepRules { Last = 1 }, host: "orders"));
    }

    private static IEnumerable<string> Forgotten(Snapshot[] all, KeepRules rules, string? host = null) =>
        DatabaseForget.ByRules(all, new SnapshotFilter { Hosts = host is null ? [] : [host] }, SnapshotGrouping.Default, rules, Noon.AddDays(1), TimeSpan.Zero).Forget.Select(snapshot => snapshot.Id);

    private static Snapshot Base(string id, uint segment, int hour, uint timeline = 1) => Of(id, "/data", hour, "orders", DatabaseBackupType.Full,
        new("timeline", $"{timeline}"), new("start", $"0/{segment:X}00028"), new("segment-bytes", $"{SegmentBytes}"));

    private static Snapshot Log(string id, uint first, uint last, int hour, uint timeline = 1, string name = "orders", KeyValuePair<string, string>? more = null)
    {
        var log = new PostgresLog { SegmentBytes = SegmentBytes, Segments = [.. Enumerable.Range((int)first, (int)(last - first + 1)).Select(number => new WalSegment(timeline, (ulong)number))] };
        return Of(id, "/wal", hour, name, DatabaseBackupType.Log, [.. log.Format(), .. more is { } detail ? [detail] : Array.Empty<KeyValuePair<string, string>>()]);
    }

    private static Snapshot Of(string id, string path, int hour, string name, DatabaseBackupType type, params KeyValuePair<string, string>[] details) => new()
    {
        Id = id, Time = Noon.AddHours(hour), Tree = default(BlobId), Paths = [path], Hostname = name,
        Facts = new() { Unknown = new DatabaseFacts { Engine = "postgresql", Id = "7", Name = name, Type = type, Details = details }.Format() },
    };
}
