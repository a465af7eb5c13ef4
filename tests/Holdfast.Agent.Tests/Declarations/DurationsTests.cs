using Holdfast.Agent.Declarations;

namespace Holdfast.Agent.Tests.Declarations;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.5s", 1500)]
    [InlineData("5m", 300_000)]
    [InlineData("1h", 3_600_000)]
    [InlineData("2d", 172_800_000)]
    [InlineData("0s", 0)]
    public void A_number_with_a_unit_is_a_duration(string text, double milliseconds)
    {
        Assert.True(Durations.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
        Assert.True(Durations.TryParse(Durations.Format(duration), out var again));
        Assert.Equal(duration, again);
    }

    [Theory]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("-1s")]
    [InlineData("1 s")]
    [InlineData("1w")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999999999d")]
    [InlineData("9999d")]
    public void Anything_else_is_not(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData("comand", "command")]
    [InlineData("adress", "address")]
    [InlineData("cmmoand", "command")]
    [InlineData("zzz", null)]
    public void The_nearest_name_is_found_when_it_is_near(string text, string? nearest) =>
        Assert.Equal(nearest, NearestName.Of(text, ["command", "address", "user"]));
}
