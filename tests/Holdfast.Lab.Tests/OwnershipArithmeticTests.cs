using Holdfast.Lab.Observation;
using Xunit;

namespace Holdfast.Lab.Tests;

public sealed class OwnershipArithmeticTests
{
    [Fact]
    public void One_host_with_many_things_is_one_owner()
    {
        Assert.Empty(Find(Held("a", 0, 10, OwnershipKind.Process), Held("a", 2, 12, OwnershipKind.Address), Held("a", 1, null, OwnershipKind.Mount)));
    }

    [Fact]
    public void Touching_intervals_do_not_overlap()
    {
        Assert.Empty(Find(Held("a", 0, 5), Held("b", 5, 9), Held("a", 9, null)));
    }

    [Fact]
    public void An_overlap_is_found_whatever_the_kinds()
    {
        var found = Assert.Single(Find(Held("a", 0, 5, OwnershipKind.Mount), Held("b", 4, 9, OwnershipKind.Process)));

        Assert.Equal((At(4), At(5)), (found.From, found.To));
        Assert.Equal(["a", "b"], found.Hosts);
    }

    [Fact]
    public void A_moment_is_as_long_as_any_two_hosts_overlap()
    {
        var found = Find(Held("a", 0, 4), Held("b", 2, 6), Held("c", 5, 8), Held("b", 10, 12), Held("a", 11, 13));

        // a|b from 2 to 4; nobody beside b from 4 to 5; b|c from 5 to 6; a|b from 11 to 12.
        Assert.Equal([(At(2), At(4)), (At(5), At(6)), (At(11), At(12))], found.Select(moment => (moment.From, moment.To!.Value)));
    }

    [Fact]
    public void What_begins_on_a_host_behind_its_dead_link_is_held_by_nobody()
    {
        var log = new OwnershipLog();
        log.Begin(Held("a", 1, null, OwnershipKind.Address));
        log.Begin(Held("a", 6, null, OwnershipKind.Address) with { Name = "another" });
        log.EndAll("a", OwnershipKind.Address, At(5));
        log.Begin(Held("b", 7, null, OwnershipKind.Address));

        Assert.Empty(Find([.. log.Snapshot()]));
        Assert.Equal([At(5), At(6)], log.Snapshot().Where(fact => fact.Host == "a").Select(fact => fact.To!.Value));
    }

    [Fact]
    public void Three_hosts_in_a_chain_are_one_moment()
    {
        var found = Assert.Single(Find(Held("a", 0, 4), Held("b", 2, 8), Held("c", 3, 6)));

        Assert.Equal((At(2), At(6)), (found.From, found.To));
        Assert.Equal(["a", "b", "c"], found.Hosts);
    }

    [Fact]
    public void What_lasts_is_counted_and_has_no_end()
    {
        Assert.Null(Assert.Single(Find(Held("a", 0, null), Held("b", 7, null))).To);
    }

    [Fact]
    public void Another_role_does_not_count()
    {
        Assert.Empty(Find(Held("a", 0, null), Held("b", 1, 5) with { Role = "other" }));
    }

    [Fact]
    public void An_interval_of_no_length_is_nothing()
    {
        Assert.Empty(Find(Held("a", 0, 10), Held("b", 5, 5)));
    }

    private static IReadOnlyList<DoubleOwnership> Find(params OwnershipInterval[] facts) => OwnershipArithmetic.FindDouble(facts, "echo");

    private static OwnershipInterval Held(string host, int from, int? to, OwnershipKind kind = OwnershipKind.Process) =>
        new("echo", host, kind, "x", At(from), to is { } end ? At(end) : null);

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
