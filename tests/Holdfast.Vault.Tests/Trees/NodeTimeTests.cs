using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Holdfast.Vault.Trees;

namespace Holdfast.Vault.Tests.Trees;

public sealed class NodeTimeTests
{
    [Theory]
    [InlineData(0, 0, 0, "1970-01-01T00:00:00Z")]
    [InlineData(-1, 500_000_000, 0, "1969-12-31T23:59:59.5Z")]
    [InlineData(0, 1, 120, "1970-01-01T02:00:00.000000001+02:00")]
    [InlineData(0, 0, 345, "1970-01-01T05:45:00+05:45")]
    [InlineData(0, 0, -210, "1969-12-31T20:30:00-03:30")]
    [InlineData(951_782_400, 120_000_000, 0, "2000-02-29T00:00:00.12Z")]
    [InlineData(-62_167_219_200, 0, 0, "0000-01-01T00:00:00Z")]
    [InlineData(253_402_300_799, 999_999_999, 0, "9999-12-31T23:59:59.999999999Z")]
    public void A_time_is_written_as_Go_writes_it_and_read_again(long seconds, int nanoseconds, short offset, string text)
    {
        var time = new NodeTime(seconds, nanoseconds, offset);

        Assert.Equal(text, time.ToString());
        Assert.True(NodeTime.TryParse(Encoding.ASCII.GetBytes(text), out var read));
        Assert.Equal(time, read);
    }

    [Fact]
    public void Any_time_is_read_as_it_was_written_and_is_the_one_that_dotnet_writes() =>
        Prop.ForAll(
            Gen.Choose(-2_000_000_000, int.MaxValue).Zip(Gen.Choose(0, 9_999_999)).Zip(Gen.Choose(-14 * 60, 14 * 60)).ToArbitrary(),
            some =>
            {
                var ((seconds, ticks), offset) = some;
                var time = new NodeTime(seconds, ticks * 100, (short)offset);
                var expected = time.ToDateTimeOffset().ToString(offset == 0 ? "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'" : "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFzzz", CultureInfo.InvariantCulture);
                return time.ToString() == expected && NodeTime.TryParse(Encoding.ASCII.GetBytes(expected), out var read) && read == time;
            }).Check(Config.QuickThrowOnFailure);

    [Theory]
    [InlineData("")]
    [InlineData("1970-01-01T00:00:00")]
    [InlineData("1970-01-01 00:00:00Z")]
    [InlineData("1970-13-01T00:00:00Z")]
    [InlineData("1970-01-32T00:00:00Z")]
    [InlineData("1970-01-01T24:00:00Z")]
    [InlineData("1970-01-01T00:00:00.Z")]
    [InlineData("1970-01-01T00:00:00+2:00")]
    [InlineData("1970-01-01T00:00:00+24:00")]
    [InlineData("1970-01-01T00:00:00\\u002B02:00")]
    [InlineData("1970-01-+1T00:00:00Z")]
    public void What_is_no_time_is_refused(string text) => Assert.False(NodeTime.TryParse(Encoding.ASCII.GetBytes(text), out _));
}
