using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Cluster.Tests.Nodes;

public sealed class NodeSettingsRulesTests
{
    private static readonly NodeSettings Whole = new() { Description = "rack 4, backups", Jobs = 2, Bandwidth = 10 << 20, DiskFreePercent = 10, MemoryFreePercent = 8, StoreMilliseconds = 200 };

    public static TheoryData<NodeSettings, string> Wrong => new()
    {
        { Whole with { Description = new string('x', 201) }, "description has 201 characters; 200 are the most." },
        { Whole with { Description = "rack\n4" }, "description has a line break or another control character; it is one line." },
        { Whole with { Jobs = 0 }, "jobs is 0; it must be from 1 to 100." },
        { Whole with { Jobs = 101 }, "jobs is 101; it must be from 1 to 100." },
        { Whole with { Bandwidth = 1023 }, "bandwidth is 1023; it must be from 1024 to 1099511627776 bytes a second." },
        { Whole with { Bandwidth = (1L << 40) + 1 }, "bandwidth is 1099511627777; it must be from 1024 to 1099511627776 bytes a second." },
        { Whole with { DiskFreePercent = 0 }, "diskFreePercent is 0; it must be from 1 to 50." },
        { Whole with { MemoryFreePercent = 51 }, "memoryFreePercent is 51; it must be from 1 to 50." },
        { Whole with { StoreMilliseconds = 49 }, "storeMilliseconds is 49; it must be from 50 to 350, half a lease." },
        { Whole with { StoreMilliseconds = 351 }, "storeMilliseconds is 351; it must be from 50 to 350, half a lease." },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_a_node_cannot_be_set_to_is_told_by_its_name(NodeSettings settings, string complaint)
    {
        var (name, message) = Assert.Single(NodeSettingsRules.Validate(settings, NodeKind.Member, TimingProfile.Lan));

        Assert.Equal(complaint, $"{name} {message}");
    }

    [Fact]
    public void Every_mistake_is_told_at_once_and_what_has_none_is_taken()
    {
        Assert.Equal(["jobs", "diskFreePercent"], NodeSettingsRules.Validate(Whole with { Jobs = -1, DiskFreePercent = 99 }, NodeKind.Member, TimingProfile.Lan).Select(problem => problem.Name));
        Assert.Empty(NodeSettingsRules.Validate(Whole, NodeKind.Member, TimingProfile.Lan));
        Assert.Empty(NodeSettingsRules.Validate(Whole with { StoreMilliseconds = 15_000 }, NodeKind.Client, TimingProfile.Lan));
        Assert.Empty(NodeSettingsRules.Validate(NodeSettings.None, NodeKind.Witness, TimingProfile.Fast));
    }

    [Fact]
    public void A_witness_runs_no_jobs_and_is_offered_nothing_of_them()
    {
        Assert.Equal(["jobs", "bandwidth"], NodeSettingsRules.Validate(Whole, NodeKind.Witness, TimingProfile.Lan).Select(problem => problem.Name));
        Assert.Equal(["jobs", "bandwidth"], NodeSettingsRules.NamesOf(NodeKind.Client).Except(NodeSettingsRules.NamesOf(NodeKind.Witness)));
        Assert.Equal(NodeSettingsRules.Texts(NodeSettings.None).Select(text => text.Name), NodeSettingsRules.NamesOf(NodeKind.Member));
    }

    [Theory]
    [InlineData(null, null, null)]
    [InlineData(5L, null, 5L)]
    [InlineData(null, 7L, 7L)]
    [InlineData(5L, 7L, 5L)]
    [InlineData(9L, 7L, 7L)]
    public void Of_the_limits_of_a_job_and_its_node_the_smaller_one_counts(long? ofJob, long? ofNode, long? counts) => Assert.Equal(counts, NodeSettingsRules.Bandwidth(ofJob, ofNode));

    [Fact]
    public void A_change_is_told_setting_by_setting() =>
        Assert.Equal("jobs 3 (was 2), diskFreePercent as by default (was 10)", NodeSettingsRules.Difference(Whole, Whole with { Jobs = 3, DiskFreePercent = null }));

    [Fact]
    public void Defaults_are_what_holds_without_settings()
    {
        Assert.Equal(new NodeSettings { DiskFreePercent = 5, MemoryFreePercent = 4, StoreMilliseconds = 350 }, NodeSettingsRules.DefaultsOf(NodeKind.Member, TimingProfile.Lan));
        Assert.Equal(15_000, NodeSettingsRules.DefaultsOf(NodeKind.Client, TimingProfile.Lan).StoreMilliseconds);
        Assert.Equal(new HealthLimits { Store = TimeSpan.FromMilliseconds(350) }, HealthLimits.Of(NodeSettings.None, TimingProfile.Lan.LeaseDuration));
    }

    [Fact]
    public void A_percentage_that_is_set_counts_alone_and_one_that_is_not_only_below_what_is_always_enough()
    {
        var plenty = new HealthSample(90L << 30, 1000L << 30, 7L << 30, 100L << 30, null); // 9 % of the disk, 7 % of the memory: far more than always enough.

        Assert.Empty(Judged(plenty, NodeSettings.None));
        Assert.Equal([HealthConcern.Disk, HealthConcern.Memory], Judged(plenty, Whole));
        Assert.Empty(Judged(plenty with { DiskFree = 3L << 30 }, NodeSettings.None));
        Assert.Equal([HealthConcern.Disk], Judged(plenty with { DiskFree = 500L << 20 }, NodeSettings.None));
    }

    [Fact]
    public void A_renewal_may_never_take_longer_than_half_a_lease_also_when_leases_became_shorter_since()
    {
        var slow = new HealthSample(0, 0, 0, 0, TimeSpan.FromMilliseconds(300));

        Assert.Empty(Judged(slow, NodeSettings.None));
        Assert.Equal([HealthConcern.Store], Judged(slow, Whole));
        Assert.Equal(TimeSpan.FromMilliseconds(250), HealthLimits.Of(new() { StoreMilliseconds = 3000 }, TimingProfile.Fast.LeaseDuration).Store);
    }

    private static IEnumerable<HealthConcern> Judged(HealthSample sample, NodeSettings settings)
    {
        var limits = HealthLimits.Of(settings, TimingProfile.Lan.LeaseDuration);
        return Enumerable.Range(0, limits.LooksUntilUnwell).Aggregate(new HealthJudge(), (judge, _) => judge.Look(sample, limits)).Problems.Select(problem => problem.Concern);
    }
}
