using Holdfast.Cluster.Leases;

namespace Holdfast.Cluster.Tests.Leases;

public sealed class TimingProfileTests
{
    public static TheoryData<string, TimingProfile> BrokenProfiles { get; } = new()
    {
        { "KillTime", TimingProfile.Lan with { KillTime = TimeSpan.Zero } },
        { "ClockRateError", TimingProfile.Lan with { ClockRateError = 0 } },
        { "ClockRateError", TimingProfile.Lan with { ClockRateError = 0.5 } },
        { "ClockRateError", TimingProfile.Lan with { ClockRateError = -0.01 } },
        { "ClockRateError", TimingProfile.Lan with { ClockRateError = double.NaN } },
        { "RenewInterval", TimingProfile.Lan with { RenewInterval = TimeSpan.Zero } },
        { "RenewInterval", TimingProfile.Lan with { RenewInterval = TimeSpan.FromMilliseconds(300), EtcdElection = TimeSpan.FromMilliseconds(100), CommitTime = TimeSpan.FromMilliseconds(10) } },
        { "CommitTime", TimingProfile.Lan with { CommitTime = TimeSpan.FromMilliseconds(-1) } },
        { "EtcdHeartbeat", TimingProfile.Lan with { EtcdHeartbeat = TimeSpan.Zero } },
        { "EtcdElection", TimingProfile.Lan with { EtcdHeartbeat = TimeSpan.FromMilliseconds(50) } },
        { "LeaseDuration", TimingProfile.Lan with { LeaseDuration = TimeSpan.FromMilliseconds(599) } },
        { "LeaseDuration", TimingProfile.Wan with { EtcdElection = TimeSpan.FromSeconds(3) } },
    };

    [Fact]
    public void Every_built_in_profile_keeps_every_rule() =>
        Assert.All(TimingProfile.All, profile => Assert.Empty(profile.BrokenRules()));

    [Theory]
    [MemberData(nameof(BrokenProfiles))]
    public void A_broken_profile_is_refused_by_the_name_of_what_is_wrong(string named, TimingProfile profile) =>
        Assert.Contains(profile.BrokenRules(), rule => rule.StartsWith(named, StringComparison.Ordinal));

    [Fact]
    public void The_margin_covers_two_clock_rates_and_the_kill()
    {
        Assert.All(TimingProfile.All, profile =>
        {
            // Worst case: the owner's clock is slow and the observer's fast, each by the assumed error.
            var ownerStopsAt = profile.LeaseDuration / (1 - profile.ClockRateError) + profile.KillTime;
            var observerActsAt = (profile.LeaseDuration + profile.Margin) / (1 + profile.ClockRateError);
            Assert.True(observerActsAt >= ownerStopsAt - TimeSpan.FromTicks(10), $"{profile.Name}: {observerActsAt} < {ownerStopsAt}");
        });
    }
}
