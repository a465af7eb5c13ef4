using Holdfast.Cluster.Leases;

namespace Holdfast.Cluster.Tests.Leases;

public sealed class TimingFitTests
{
    private static readonly MeasuredTiming Calm = new(Milliseconds(5), Milliseconds(20), Milliseconds(2));

    [Fact]
    public void Every_profile_fits_a_calm_machine_and_the_quickest_is_suggested()
    {
        Assert.All(TimingProfile.All, profile => Assert.Empty(TimingFit.Misfits(profile, Calm)));
        Assert.Equal("fast", TimingFit.Suggest(Calm)!.Name);
    }

    [Fact]
    public void Slow_commits_need_a_slower_profile()
    {
        var slow = Calm with { SlowCommit = Milliseconds(60) };

        Assert.Contains("60 ms", Assert.Single(TimingFit.Misfits(TimingProfile.Fast, slow)), StringComparison.Ordinal);
        Assert.Equal("lan", TimingFit.Suggest(slow)!.Name);
    }

    [Fact]
    public void Killing_that_takes_longer_than_the_margin_counts_on_is_refused() =>
        Assert.Contains("130 ms", Assert.Single(TimingFit.Misfits(TimingProfile.Lan, Calm with { WorstSweep = Milliseconds(130) })), StringComparison.Ordinal);

    [Fact]
    public void A_scheduler_that_sleeps_through_a_quarter_of_a_lease_is_refused()
    {
        Assert.Empty(TimingFit.Misfits(TimingProfile.Lan, Calm with { Jitter = Milliseconds(175) }));
        Assert.Single(TimingFit.Misfits(TimingProfile.Lan, Calm with { Jitter = Milliseconds(176) }));
    }

    [Fact]
    public void Nothing_is_suggested_where_nothing_fits() => Assert.Null(TimingFit.Suggest(Calm with { SlowCommit = Milliseconds(5000) }));

    private static TimeSpan Milliseconds(double time) => TimeSpan.FromMilliseconds(time);
}
