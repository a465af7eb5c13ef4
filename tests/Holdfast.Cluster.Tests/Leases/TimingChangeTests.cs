using System.Collections.Immutable;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Tests.Leases;

public sealed class TimingChangeTests
{
    private static readonly string[] Nodes = ["a", "b", "c"];

    public static TheoryData<string, string> EveryChange
    {
        get
        {
            var changes = new TheoryData<string, string>();
            foreach (var one in TimingProfile.All)
            {
                foreach (var other in TimingProfile.All) changes.Add(one.Name, other.Name);
            }

            return changes;
        }
    }

    [Theory]
    [MemberData(nameof(EveryChange))]
    public void Leases_outlive_an_election_at_every_moment_of_every_change_also_one_that_turns_back(string from, string to)
    {
        var (start, target) = (TimingProfile.Find(from), TimingProfile.Find(to));
        for (var turn = 0; turn <= Nodes.Length + 1; turn++)
        {
            var (leases, members) = (start, Nodes.ToDictionary(node => node, _ => start));
            Walk(ref leases, members, target, turn);
            Walk(ref leases, members, start, int.MaxValue); // Somebody thought better of it.
            Assert.Equal(start.Name, leases.Name);
            Walk(ref leases, members, target, int.MaxValue);
            Assert.Equal(target.Name, leases.Name);
            Assert.All(members.Values, member => Assert.Equal(target.Name, member.Name));
        }
    }

    [Fact]
    public void Leases_grow_before_members_slow_down_and_shrink_after_they_have_sped_up()
    {
        Assert.IsType<TimingStep.Leases>(TimingChange.Next(TimingProfile.Lan, Members(TimingProfile.Lan), TimingProfile.Wan));
        Assert.Equal(new TimingStep.Member(new NodeName("a")), TimingChange.Next(TimingProfile.Wan, Members(TimingProfile.Wan), TimingProfile.Lan));
    }

    [Fact]
    public void A_profile_that_breaks_a_rule_is_refused_with_the_rule()
    {
        var error = Assert.Throws<HoldfastException>(() => TimingChange.Next(TimingProfile.Lan, Members(TimingProfile.Lan), TimingProfile.Lan with { Name = "mine", LeaseDuration = TimeSpan.FromMilliseconds(400) }));

        Assert.Equal("profile.impossible", error.Code);
        Assert.Contains("must outlive a renewal interval", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_reached_without_leases_that_an_election_outlives_is_refused()
    {
        // Its leases are too short for the members there are, and its members too slow for the leases there are.
        var target = TimingProfile.Lan with { Name = "mine", EtcdElection = TimeSpan.FromMilliseconds(280), LeaseDuration = TimeSpan.FromMilliseconds(800) };

        var error = Assert.Throws<HoldfastException>(() => TimingChange.Next(TimingProfile.Lan, [(new NodeName("a"), TimingProfile.Wan)], target));

        Assert.Equal("profile.impossible", error.Code);
    }

    [Fact]
    public void A_store_that_is_none_of_ours_has_no_members_to_restart() => Assert.IsType<TimingStep.Leases>(TimingChange.Next(TimingProfile.Wan, [], TimingProfile.Lan));

    private static ImmutableArray<(NodeName, TimingProfile)> Members(TimingProfile profile) => [.. Nodes.Select(node => (new NodeName(node), profile))];

    private static void Walk(ref TimingProfile leases, Dictionary<string, TimingProfile> members, TimingProfile target, int steps)
    {
        while (steps-- > 0 && TimingChange.Next(leases, [.. members.Select(member => (new NodeName(member.Key), member.Value))], target) is { } step)
        {
            if (step is TimingStep.Member member) members[member.Node.Value] = target;
            else leases = target;
            foreach (var now in members.Values) Assert.Empty(leases.Over(now).BrokenRules());
        }
    }
}
