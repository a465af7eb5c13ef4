using Holdfast.Leash.Core;
using Holdfast.Leash.Protocol;

namespace Holdfast.Leash.Tests.Core;

public sealed class LeashCoreTests
{
    private static readonly RoleEpoch Five = new(1, 5);

    [Fact]
    public void Nothing_starts_before_an_incarnation_was_minted()
    {
        var core = NewCore();

        var refusal = core.Begin(Process("orders/web", 1), At(0));

        Assert.Equal("leash.incarnation", refusal?.Code);
        Assert.Empty(core.Units);
    }

    [Fact]
    public void Nothing_starts_before_the_first_deadline()
    {
        var core = NewCore();
        core.Mint(1);

        Assert.Equal("leash.expired", core.Begin(Process("orders/web", 1), At(0))?.Code);

        Assert.Null(core.Arm(1, At(100), At(0)));
        Assert.Null(core.Begin(Process("orders/web", 1), At(99)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(6)]
    [InlineData(8)]
    public void Another_incarnation_is_refused_everywhere(long other)
    {
        var core = Armed(7, until: 100);

        Assert.Equal("leash.incarnation", core.Begin(Process("orders/web", other), At(0))?.Code);
        Assert.Equal("leash.incarnation", core.Check(new Warrant("orders", other, Five), At(0))?.Code);
        Assert.Equal("leash.incarnation", core.Arm(other, At(1000), At(0))?.Code);
        Assert.Equal("leash.incarnation", core.Cap(other, At(1), At(0))?.Code);
        Assert.Equal("leash.incarnation", core.Expire(other, "test", At(0))?.Code);
        Assert.False(core.Expired);
        Assert.Equal(At(100), core.Deadline);
    }

    [Theory]
    [InlineData(100, 0)]
    [InlineData(0, 100)]
    [InlineData(100, 100)]
    public void The_deadline_is_reached_when_either_clock_says_so(long boot, long raw)
    {
        var core = Armed(1, until: 100);

        Assert.False(core.Tick(new(99, 99)));
        Assert.True(core.Tick(new(boot, raw)));

        Assert.True(core.Expired);
    }

    [Fact]
    public void A_suspended_machine_has_lost_its_lease_however_long_it_was()
    {
        var core = NewCore();
        core.Mint(1);
        core.Tick(new(0, 0));
        core.Arm(1, At(10_000_000_000), new(1_000_000_000, 500_000_000)); // What went before it was armed is of no concern.

        Assert.False(core.Tick(new(1_100_000_000, 510_000_000)));
        Assert.True(core.Tick(new(1_300_000_001, 610_000_000)));

        Assert.Equal("the machine was suspended", core.ExpiryReason);
    }

    [Fact]
    public void A_question_after_the_deadline_latches_by_itself()
    {
        // The guard may be late; a decision never is.
        foreach (var ask in new Func<LeashCore, Refusal?>[]
        {
            core => core.Begin(Process("orders/web", 1), At(100)),
            core => core.Check(new Warrant("orders", 1, Five), At(100)),
            core => core.Arm(1, At(1000), At(100)),
            core => core.Cap(1, At(1000), At(100)),
        })
        {
            var core = Armed(1, until: 100);

            Assert.Equal("leash.expired", ask(core)?.Code);

            Assert.True(core.Expired);
            Assert.False(core.Clean);
        }
    }

    [Fact]
    public void Expiry_cannot_be_taken_back()
    {
        var core = Armed(1, until: 100);
        core.Tick(At(100));

        Assert.Equal("leash.expired", core.Arm(1, At(1000), At(50))?.Code);
        Assert.Equal("leash.expired", core.Begin(Process("orders/web", 1), At(50))?.Code);

        Assert.True(core.Expired);
    }

    [Fact]
    public void Arming_never_shortens_either_clock()
    {
        var core = Armed(1, until: 100);

        core.Arm(1, new(200, 50), At(0));
        Assert.Equal(new LeashInstant(200, 100), core.Deadline);

        core.Arm(1, At(10), At(0));
        Assert.Equal(new LeashInstant(200, 100), core.Deadline);
    }

    [Fact]
    public void A_deadline_already_past_arms_nothing()
    {
        var core = NewCore();
        core.Mint(1);

        Assert.Equal("leash.expired", core.Arm(1, At(10), At(10))?.Code);

        Assert.False(core.Armed);
    }

    [Fact]
    public void A_cap_lowers_and_never_lifts()
    {
        var core = Armed(1, until: 100);

        core.Cap(1, At(500), At(0));
        Assert.Equal(At(100), core.Deadline);

        core.Cap(1, At(60), At(0));
        Assert.Equal(At(60), core.Deadline);
        Assert.True(core.Tick(At(60)));
    }

    [Fact]
    public void A_cap_below_now_expires()
    {
        var core = Armed(1, until: 100);

        core.Cap(1, At(20), At(30));

        Assert.True(core.Expired);
    }

    [Fact]
    public void A_closed_epoch_and_older_ones_are_refused_and_a_newer_one_is_not()
    {
        var core = Armed(1, until: 100);

        Assert.Null(core.CloseEpoch("orders", Five));

        Assert.Equal("leash.epoch-closed", core.Begin(Process("orders/web", 1, new(1, 4)), At(0))?.Code);
        Assert.Equal("leash.epoch-closed", core.Begin(Process("orders/web", 1, new(1, 5)), At(0))?.Code);
        Assert.Equal("leash.epoch-closed", core.Begin(Process("orders/web", 1, new(0, 99)), At(0))?.Code);
        Assert.Null(core.Begin(Process("orders/web", 1, new(1, 6)), At(0)));
        Assert.Null(core.Begin(Process("other/web", 1, new(1, 5)), At(0)));
        Assert.Null(core.Begin(Process("orders/new-generation", 1, new(2, 1)), At(0)));
    }

    [Fact]
    public void Closing_an_older_epoch_later_reopens_nothing()
    {
        var core = Armed(1, until: 100);
        core.CloseEpoch("orders", new(1, 9));

        core.CloseEpoch("orders", new(1, 3));

        Assert.Equal("leash.epoch-closed", core.Begin(Process("orders/web", 1, new(1, 9)), At(0))?.Code);
    }

    [Theory]
    [InlineData("Pending")]
    [InlineData("Held")]
    [InlineData("Ending")]
    public void An_epoch_is_not_closed_while_anything_of_the_role_is_left(string phase)
    {
        var core = Armed(1, until: 100);
        var unit = Process("orders/web", 1);
        core.Begin(unit, At(0));
        unit.Phase = Enum.Parse<UnitPhase>(phase);

        Assert.Equal("leash.not-clean", core.CloseEpoch("orders", Five)?.Code);
        Assert.Empty(core.ClosedEpochs);

        core.Remove(unit);
        Assert.Null(core.CloseEpoch("orders", Five));
    }

    [Fact]
    public void Closed_epochs_outlive_incarnations_and_restarts()
    {
        var core = Armed(1, until: 100);
        core.CloseEpoch("orders", Five);
        core.Tick(At(100));
        core.TrySettle(At(100));
        core.Mint(2);
        core.Arm(2, At(300), At(200));
        Assert.Equal("leash.epoch-closed", core.Begin(Process("orders/web", 2, Five), At(200))?.Code);

        var restarted = new LeashCore(2, core.ClosedEpochs);
        restarted.Mint(3);
        restarted.Arm(3, At(500), At(400));

        Assert.Equal("leash.epoch-closed", restarted.Begin(Process("orders/web", 3, Five), At(400))?.Code);
    }

    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(41, 0, 42)]
    [InlineData(41, 99, 100)]
    public void Incarnations_grow_above_everything_known(long stored, long floor, long expected)
    {
        var core = new LeashCore(stored, new Dictionary<string, RoleEpoch>());

        Assert.Null(core.PrepareMint(floor, At(0), out var next));

        Assert.Equal(expected, next);
        Assert.Equal(0, core.Incarnation);
        core.Mint(next);
        Assert.Throws<InvalidOperationException>(() => core.Mint(next));
    }

    [Fact]
    public void A_new_incarnation_needs_the_old_one_ended_and_everything_of_it_gone()
    {
        var core = Armed(1, until: 100);
        var unit = Process("orders/web", 1);
        core.Begin(unit, At(0));

        Assert.Equal("leash.not-clean", core.PrepareMint(0, At(50), out _)?.Code);

        core.Tick(At(100));
        Assert.False(core.TrySettle(At(101)));
        Assert.Equal("leash.not-clean", core.PrepareMint(0, At(101), out _)?.Code);

        unit.Gone = true;
        Assert.True(core.TrySettle(At(105)));
        Assert.Null(core.PrepareMint(0, At(105), out var next));
        Assert.Equal(2, next);
    }

    [Fact]
    public void A_start_under_way_at_the_deadline_keeps_the_node_unclean_and_is_refused_at_its_last_question()
    {
        var core = Armed(1, until: 100);
        var unit = Process("orders/web", 1);
        Assert.Null(core.Begin(unit, At(99)));
        core.Tick(At(100));

        Assert.False(core.TrySettle(At(100)));
        Assert.Equal("leash.expired", core.Confirm(unit, At(100))?.Code);
        Assert.False(core.TrySettle(At(101)));

        core.Remove(unit);
        Assert.True(core.TrySettle(At(102)));
    }

    [Fact]
    public void A_start_that_was_stopped_meanwhile_is_refused_at_its_last_question()
    {
        var core = Armed(1, until: 100);
        var unit = Process("orders/web", 1);
        core.Begin(unit, At(0));
        unit.Phase = UnitPhase.Ending;

        Assert.Equal("leash.failed", core.Confirm(unit, At(1))?.Code);
    }

    [Fact]
    public void The_sweep_is_measured_from_the_deadline_and_the_worst_is_kept()
    {
        var core = Armed(1, until: 1_000_000);
        core.Tick(At(3_000_000));
        core.TrySettle(At(5_000_000));
        Assert.Equal(TimeSpan.FromMilliseconds(4), core.WorstSweep);

        core.Mint(2);
        core.Arm(2, At(9_000_000), At(8_000_000));
        core.Tick(At(9_000_000));
        core.TrySettle(At(10_000_000));

        Assert.Equal(TimeSpan.FromMilliseconds(1), core.LastSweep);
        Assert.Equal(TimeSpan.FromMilliseconds(4), core.WorstSweep);
    }

    [Fact]
    public void Infrastructure_needs_no_lease_and_does_not_hold_up_the_sweep()
    {
        var core = NewCore();
        var etcd = new FakeUnit("@etcd", UnitKind.Process, new(null, 0, default));
        Assert.Null(core.Begin(etcd, At(0)));
        core.Mint(1);
        core.Arm(1, At(100), At(0));

        core.Tick(At(100));

        Assert.True(core.TrySettle(At(100)));
        Assert.Contains(etcd, core.Units);
    }

    [Theory]
    [InlineData("web", "orders")]
    [InlineData("other/web", "orders")]
    [InlineData("orders/", "orders")]
    [InlineData("ordersx/web", "orders")]
    [InlineData("@etcd", "orders")]
    [InlineData("etcd", null)]
    public void A_unit_must_carry_the_name_of_its_role(string unit, string? role)
    {
        var core = Armed(1, until: 100);

        Assert.Equal("leash.failed", core.Begin(new FakeUnit(unit, UnitKind.Process, new(role, 1, Five)), At(0))?.Code);
    }

    [Theory]
    [InlineData(UnitKind.Address)]
    [InlineData(UnitKind.Mount)]
    public void Addresses_and_mounts_always_belong_to_a_role(UnitKind kind)
    {
        var core = Armed(1, until: 100);

        Assert.Equal("leash.failed", core.Begin(new FakeUnit("@x", kind, new(null, 0, default)), At(0))?.Code);
    }

    [Fact]
    public void A_unit_is_held_once_for_each_kind()
    {
        var core = Armed(1, until: 100);
        Assert.Null(core.Begin(Process("orders/data", 1), At(0)));

        Assert.Equal("leash.failed", core.Begin(Process("orders/data", 1), At(0))?.Code);
        Assert.Null(core.Begin(new FakeUnit("orders/data", UnitKind.Mount, new("orders", 1, Five)), At(0)));
    }

    [Fact]
    public void A_leash_that_is_closing_starts_and_mints_nothing()
    {
        var core = NewCore();
        core.Close();

        Assert.NotNull(core.Begin(new FakeUnit("@etcd", UnitKind.Process, new(null, 0, default)), At(0)));
        Assert.NotNull(core.PrepareMint(0, At(0), out _));
    }

    private static LeashCore NewCore() => new(0, new Dictionary<string, RoleEpoch>());

    private static LeashCore Armed(long incarnation, long until)
    {
        var core = NewCore();
        core.Mint(incarnation);
        Assert.Null(core.Arm(incarnation, At(until), At(0)));
        return core;
    }

    private static LeashInstant At(long nanoseconds) => new(nanoseconds, nanoseconds);

    private static FakeUnit Process(string unit, long incarnation, RoleEpoch? epoch = null) => new(unit, UnitKind.Process, new(unit[..unit.IndexOf('/')], incarnation, epoch ?? Five));

    private sealed class FakeUnit(string unit, UnitKind kind, Warrant warrant) : UnitEntry(unit, kind, warrant, "");
}
