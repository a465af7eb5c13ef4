using Holdfast.Protection.Databases;
using Holdfast.Protection.Databases.Postgres;
using Holdfast.Vault.Blobs;
using Holdfast.Vault.Snapshots;
using Holdfast.Vault.Trees;

namespace Holdfast.Protection.Tests.Databases;

/// <summary>Segments of 1 MiB; segment n was last written at minute n.</summary>
public sealed class PostgresRestorePlannerTests
{
    private const long Bytes = 1 << 20;
    private static readonly DateTimeOffset Zero = new(2026, 11, 21, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void The_newest_base_before_the_moment_is_taken_and_log_up_to_it()
    {
        var plan = Plan(Chain(bases: [2, 6, 9], log: [(1, 2, 12)]), new RecoveryTarget.Moment(At(7.5)));

        Assert.Equal(6ul, plan.Base.Start.SegmentNumber(Bytes));
        Assert.Equal(["6", "7", "8", "9"], Numbers(plan)); // 8 was written to after it; 9 for a moment at the very end of 8.
    }

    [Fact]
    public void A_gap_after_the_moment_does_no_harm()
    {
        var plan = Plan(Chain(bases: [2], log: [(1, 2, 5), (1, 7, 9)]), new RecoveryTarget.Moment(At(4.5)));

        Assert.Equal(["2", "3", "4", "5"], Numbers(plan));
    }

    [Theory]
    [InlineData(5.5)]
    [InlineData(6.5)]
    [InlineData(8.5)]
    public void A_gap_before_the_moment_is_refused_with_the_segment_that_is_missing(double minute)
    {
        var refused = Assert.Throws<HoldfastException>(() => Plan(Chain(bases: [2], log: [(1, 2, 5), (1, 7, 9)]), new RecoveryTarget.Moment(At(minute))));

        Assert.Equal("database.wal-missing", refused.Code);
        Assert.Contains(new WalSegment(1, 6).Name(Bytes), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_moment_after_the_end_of_the_log_is_refused() => Refused("database.target-too-late", Chain(bases: [2], log: [(1, 2, 5)]), new RecoveryTarget.Moment(At(5.5)));

    [Fact]
    public void A_moment_before_every_base_is_refused() => Refused("database.target-too-early", Chain(bases: [4], log: [(1, 2, 5)]), new RecoveryTarget.Moment(At(3)));

    [Fact]
    public void A_place_beyond_the_log_is_refused() => Refused("database.wal-missing", Chain(bases: [2], log: [(1, 2, 5)]), new RecoveryTarget.Place(new Lsn(6 * (ulong)Bytes + 1).ToString()));

    [Fact]
    public void Log_without_a_base_is_refused() => Refused("database.no-base", Chain(bases: [], log: [(1, 2, 5)]), RecoveryTarget.Latest);

    [Fact]
    public void A_timeline_without_its_history_is_refused() => Refused("database.timeline-unknown", Chain(bases: [2], log: [(1, 2, 5), (2, 6, 7)]), RecoveryTarget.Latest);

    [Fact]
    public void The_log_goes_on_on_the_timeline_that_took_over()
    {
        var chain = Chain(bases: [2], log: [(1, 2, 7), (2, 5, 8)], history: (2, 1, 5));

        var plan = Plan(chain, RecoveryTarget.Latest);
        var old = Plan(chain, RecoveryTarget.Latest with { Timeline = 1 });

        Assert.Equal(["00000002.history", "1:2", "1:3", "1:4", "2:5", "2:6", "2:7", "2:8"], plan.Log.Select(Text));
        Assert.Equal(["1:2", "1:3", "1:4", "1:5", "1:6", "1:7"], old.Log.Select(Text));
    }

    [Fact]
    public void A_base_from_after_the_switch_on_the_old_timeline_is_not_used()
    {
        var plan = Plan(Chain(bases: [2, 6], log: [(1, 2, 7), (2, 5, 8)], history: (2, 1, 5)), RecoveryTarget.Latest);

        Assert.Equal(2ul, plan.Base.Start.SegmentNumber(Bytes));
    }

    [Fact]
    public void A_base_needs_only_its_own_log_to_become_consistent() => Assert.Equal(["2"], Numbers(Plan(Chain(bases: [2], log: [(1, 2, 2), (1, 5, 6)]), RecoveryTarget.Immediate)));

    private static void Refused(string code, PostgresChain chain, RecoveryTarget target) => Assert.Equal(code, Assert.Throws<HoldfastException>(() => Plan(chain, target)).Code);

    private static PostgresRestorePlan Plan(PostgresChain chain, RecoveryTarget target) => PostgresRestorePlanner.Plan(chain, target, null);

    private static IEnumerable<string> Numbers(PostgresRestorePlan plan) => plan.Log.Select(file => WalSegment.TryParse(file.Node.Name, Bytes)!.Value.Number.ToString(System.Globalization.CultureInfo.InvariantCulture));

    private static string Text(StoredLogFile file) => WalSegment.TryParse(file.Node.Name, Bytes) is { } segment ? $"{segment.Timeline}:{segment.Number}" : file.Node.Name;

    private static DateTimeOffset At(double minute) => Zero.AddMinutes(minute);

    private static PostgresChain Chain(ulong[] bases, (uint Timeline, ulong First, ulong Last)[] log, (uint Timeline, uint Before, ulong At)? history = null) => new()
    {
        Bases = [.. bases.Select(segment => (SnapshotOf(segment), BaseIn(segment)))],
        Segments = log.SelectMany(range => Enumerable.Range((int)range.First, (int)(range.Last - range.First) + 1).Select(number => new WalSegment(range.Timeline, (ulong)number)))
            .ToDictionary(segment => segment, segment => File(segment.Name(Bytes), segment.Number)),
        Histories = history is { } known
            ? new Dictionary<uint, (TimelineHistory, StoredLogFile)> { [known.Timeline] = (new(known.Timeline, [(known.Before, new Lsn((known.At * (ulong)Bytes) + 5))]), File(WalFiles.HistoryName(known.Timeline), known.At)) }
            : [],
    };

    private static PostgresBase BaseIn(ulong segment) => new()
    {
        Timeline = 1, Start = new Lsn((segment * (ulong)Bytes) + 40), Stop = new Lsn((segment * (ulong)Bytes) + 400), StopTime = At(segment), ReadFrom = At(segment - 0.5),
        NextTransaction = segment * 100, SegmentBytes = Bytes, Role = "postgres",
    };

    private static DatabaseSnapshot SnapshotOf(ulong segment) => new(
        new Snapshot { Id = segment.ToString("x64", System.Globalization.CultureInfo.InvariantCulture), Time = At(segment), Tree = default(BlobId) },
        new DatabaseFacts { Engine = PostgresEngine.EngineName, Id = "7", Name = "orders", Type = DatabaseBackupType.Full });

    private static StoredLogFile File(string name, ulong minute) => new(
        new Node { Name = name, Type = NodeType.File, ModifiedAt = NodeTime.In(TimeZoneInfo.Utc, At(minute).ToUnixTimeSeconds(), 0) }, "snapshot");
}
