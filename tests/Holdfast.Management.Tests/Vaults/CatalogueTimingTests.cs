using Holdfast.Management.Vaults;

namespace Holdfast.Management.Tests.Vaults;

public sealed class CatalogueTimingTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 2, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(null, null, true)] // Made known just now.
    [InlineData(1.0, null, false)]
    [InlineData(24.0, null, true)]
    [InlineData(null, 0.1, false)] // What cannot be opened is left alone for a while.
    [InlineData(null, 0.2, true)]
    [InlineData(30.0, 0.1, false)]
    public void A_vault_is_listed_each_day_and_again_soon_after_trouble(double? listedHoursAgo, double? failedHoursAgo, bool due) =>
        Assert.Equal(due, CatalogueTiming.NextDue(Before(listedHoursAgo), Before(failedHoursAgo)) <= Now);

    [Theory]
    [InlineData(3600)] // No vaults.
    [InlineData(3600, 20 * 3600)]
    [InlineData(600, 20 * 3600, 600)]
    [InlineData(5, 600, 2)]
    [InlineData(5, -30)] // One that is due and could not be tried.
    public void Nobody_asks_before_one_may_be_due(int seconds, params int[] dueInSeconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), CatalogueTiming.RestUntil(dueInSeconds.Select(due => Now.AddSeconds(due)), Now));

    private static DateTimeOffset? Before(double? hours) => hours is { } some ? Now.AddHours(-some) : null;
}
