using FsCheck;
using FsCheck.Fluent;
using Holdfast.Protection.Databases.Postgres;

namespace Holdfast.Protection.Tests.Databases;

public sealed class WalNamesTests
{
    [Theory]
    [InlineData("000000010000000000000003", 16 << 20, 1u, 3ul)]
    [InlineData("0000000200000001000000FF", 16 << 20, 2u, 511ul)]
    [InlineData("000000010000000100000FFF", 1 << 20, 1u, 8191ul)]
    public void A_segment_is_numbered_from_the_beginning_of_the_log(string name, long bytes, uint timeline, ulong number)
    {
        Assert.Equal(new WalSegment(timeline, number), WalSegment.TryParse(name, bytes));
        Assert.Equal(name, new WalSegment(timeline, number).Name(bytes));
    }

    [Theory]
    [InlineData("000000010000000000000100")] // The second half counts to 255 at 16 MiB.
    [InlineData("00000001000000000000000g")]
    [InlineData("000000010000000000000003.partial")]
    public void What_is_no_name_of_a_segment_is_none(string name) => Assert.Null(WalSegment.TryParse(name, 16 << 20));

    [Fact]
    public void Every_segment_is_read_back_from_its_name() =>
        Prop.ForAll(Gen.Choose(1, int.MaxValue).ToArbitrary(), Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Choose(20, 30).ToArbitrary(), (timeline, number, shift) =>
        {
            var segment = new WalSegment((uint)timeline, (ulong)number % (0xFFFF_FFFFUL * (1UL << (32 - shift))));
            return WalSegment.TryParse(segment.Name(1L << shift), 1L << shift) == segment;
        }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData("000000010000000000000003", true)]
    [InlineData("000000010000000000000003.partial", true)]
    [InlineData("000000010000000000000003.00000028.backup", true)]
    [InlineData("00000002.history", true)]
    [InlineData(".000000010000000000000003.4711", false)]
    [InlineData("../000000010000000000000003", false)]
    public void Only_what_PostgreSQL_archives_is_taken_from_a_spool(string name, bool isTaken) => Assert.Equal(isTaken, WalFiles.IsArchived(name));

    [Fact]
    public void A_place_in_the_log_reads_as_PostgreSQL_writes_it()
    {
        Assert.Equal(new Lsn(0x16_B374D848), Lsn.TryParse("16/B374D848"));
        Assert.Equal("16/B374D848", new Lsn(0x16_B374D848).ToString());
        Assert.Null(Lsn.TryParse("16"));
        Assert.Null(Lsn.TryParse("16/G"));
    }

    [Fact]
    public void The_segment_in_which_a_timeline_begins_is_read_from_the_newer_one_first()
    {
        var history = TimelineHistory.Parse(3, "1\t0/2800000\tno recovery target specified\n\n2\t0/5000000\tbefore 2026-11-21\n");

        Assert.Equal([1u], history.TimelinesOf(1, 16 << 20));
        Assert.Equal([2u, 1u], history.TimelinesOf(2, 16 << 20)); // 0/2800000 lies in it.
        Assert.Equal([2u], history.TimelinesOf(4, 16 << 20));
        Assert.Equal([3u], history.TimelinesOf(5, 16 << 20)); // 0/5000000 is its very beginning: nothing of timeline 2 is in it.
        Assert.True(history.Covers(1, new Lsn(0x2800000)));
        Assert.False(history.Covers(1, new Lsn(0x2800001)));
    }

    [Fact]
    public void A_history_that_cannot_be_read_is_an_error() =>
        Assert.Equal("database.history-damaged", Assert.Throws<HoldfastException>(() => TimelineHistory.Parse(2, "1 nonsense")).Code);
}
