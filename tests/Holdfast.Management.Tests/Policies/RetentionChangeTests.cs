using System.Collections.Immutable;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Tests.Policies;

public sealed class RetentionChangeTests
{
    [Theory]
    [InlineData("daily=7", "daily=6", true)]
    [InlineData("daily=7", "daily=14", false)]
    [InlineData("daily=7,weekly=4", "daily=7", true)]
    [InlineData("daily=7", "daily=7,weekly=4", false)]
    [InlineData("", "daily=7", true)] // Without a rule everything was kept.
    [InlineData("daily=7", "", false)]
    [InlineData("within=30d", "within=2m", true)] // Perhaps more, perhaps less: somebody shall look.
    [InlineData("within=30d", "within=60d", false)]
    [InlineData("daily=unlimited", "daily=1000", true)]
    [InlineData("daily=7", "daily=unlimited", false)]
    [InlineData("tag=golden", "tag=silver", true)]
    public void A_policy_keeps_less_when_something_could_go_that_is_kept_now(string before, string after, bool isLess) => Assert.Equal(isLess, RetentionChange.Lowers(Keeping(before), Keeping(after)));

    [Theory]
    [InlineData("7d", null, true)]
    [InlineData("7d", "3d", true)]
    [InlineData("7d", "9d", false)]
    [InlineData(null, "3d", false)]
    public void So_does_one_whose_snapshots_can_be_brought_back_for_a_shorter_time(string? before, string? after, bool isLess) =>
        Assert.Equal(isLess, RetentionChange.Lowers(Keeping("daily=7") with { Delay = before }, Keeping("daily=7") with { Delay = after }));

    private static PolicyRetention Keeping(string rules) => new() { Keep = rules.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(rule => rule.Split('=')).ToImmutableSortedDictionary(rule => rule[0], rule => rule[1]) };
}
