using FsCheck;
using FsCheck.Fluent;
using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Tests.Leases;

public sealed class RenewalLedgerTests
{
    private static readonly TimeSpan D = TimeSpan.FromMilliseconds(700);

    [Fact]
    public void A_lease_counts_from_before_the_send_of_the_attempt_that_the_record_names()
    {
        var ledger = RenewalLedger.Empty.Sending("one", At(100), D).Sending("two", At(200), D);

        Assert.Equal(At(800), ledger.DeadlineAfter(Record("one", D)));
        Assert.Equal(At(900), ledger.DeadlineAfter(Record("two", D)));
    }

    [Fact]
    public void An_unknown_nonce_extends_nothing() =>
        Assert.Null(RenewalLedger.Empty.Sending("one", At(100), D).DeadlineAfter(Record("other", D)));

    [Fact]
    public void An_ended_lease_extends_nothing() =>
        Assert.Null(RenewalLedger.Empty.Sending("one", At(100), D).DeadlineAfter(Record("one", D) with { State = LeaseState.Ended }));

    [Fact]
    public void No_acknowledgement_lifts_the_deadline_past_a_later_shorter_attempt()
    {
        var ledger = RenewalLedger.Empty.Sending("long", At(0), TimeSpan.FromSeconds(6)).Sending("short", At(1000), D);

        Assert.Equal(At(1700), ledger.DeadlineAfter(Record("long", TimeSpan.FromSeconds(6))));
        Assert.Equal(At(7200), ledger.Sending("long again", At(1200), TimeSpan.FromSeconds(6)).DeadlineAfter(Record("long again", TimeSpan.FromSeconds(6))));
    }

    [Fact]
    public void A_record_that_grants_less_than_was_asked_is_believed() =>
        Assert.Equal(At(600), RenewalLedger.Empty.Sending("one", At(100), D).DeadlineAfter(Record("one", TimeSpan.FromMilliseconds(500))));

    [Fact]
    public void Each_clock_is_capped_for_itself()
    {
        var slewed = new ClockReading(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(1));
        var ledger = RenewalLedger.Empty.Sending("one", At(5000), D).Sending("two", slewed, D);

        Assert.Equal(new ClockReading(TimeSpan.FromMilliseconds(5700), TimeSpan.FromMilliseconds(1700)), ledger.DeadlineAfter(Record("one", D)));
    }

    [Fact]
    public void A_nonce_is_never_used_twice() =>
        Assert.Throws<ArgumentException>(() => RenewalLedger.Empty.Sending("one", At(0), D).Sending("one", At(1), D));

    [Fact]
    public void Settled_forgets_what_a_record_cannot_name_any_more()
    {
        var ledger = RenewalLedger.Empty.Sending("one", At(0), D).Sending("two", At(1), D).Sending("three", At(2), D);

        var settled = ledger.Settled(Record("two", D));

        Assert.Equal(["two", "three"], settled.Attempts.Select(a => a.Nonce));
        Assert.Same(settled, settled.Settled(Record("stranger", D)));
    }

    /// <summary>
    /// Whatever was sent, and whichever attempt was committed last, the owner's deadline is never later than what any
    /// observer of that attempt or a later one could begin to count from: its sending, plus the duration it carries.
    /// </summary>
    [Fact]
    public void The_deadline_never_outlives_the_named_attempt_or_any_later_one() =>
        Prop.ForAll(
            Gen.Choose(0, 400).Two().ListOf().Where(list => list.Count > 0).ToArbitrary(),
            Gen.Choose(0, 1000).ToArbitrary(),
            (steps, pick) =>
            {
                var (ledger, time) = (RenewalLedger.Empty, 0);
                foreach (var (pause, duration) in steps) ledger = ledger.Sending($"{ledger.Attempts.Length}", At(time += pause), TimeSpan.FromMilliseconds(duration + 1));
                var named = pick % ledger.Attempts.Length;

                var deadline = ledger.DeadlineAfter(Record($"{named}", ledger.Attempts[named].Duration))!.Value;

                var allowed = ledger.Attempts.Skip(named).Min(a => a.SentAt.Boot + a.Duration);
                return deadline.Boot == allowed && deadline.Raw == allowed
                    && ledger.Settled(Record($"{named}", D)).DeadlineAfter(Record($"{named}", ledger.Attempts[named].Duration)) == deadline;
            }).Check(Config.QuickThrowOnFailure);

    private static ClockReading At(int milliseconds) => new(TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromMilliseconds(milliseconds));

    private static LeaseRecord Record(string nonce, TimeSpan duration) => new()
    {
        Node = new NodeName("a"), Incarnation = 1, Nonce = nonce, Duration = duration, Margin = TimeSpan.FromMilliseconds(127), State = LeaseState.Live, BootId = "boot",
    };
}
