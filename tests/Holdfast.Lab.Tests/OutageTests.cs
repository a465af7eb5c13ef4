using Holdfast.Lab.Probing;
using Xunit;

namespace Holdfast.Lab.Tests;

public sealed class OutageTests
{
    [Fact]
    public void An_outage_runs_from_the_last_good_answer_to_the_first_good_one()
    {
        var outage = Outage.Longest([Good(10, "a 1.1"), Good(20, "a 1.1"), Bad(130), Bad(140), Good(150, "b 1.2"), Good(160, "b 1.2")], At(25), At(1000));

        Assert.Equal(At(130), outage!.Value.Duration);
        Assert.Equal(("a 1.1", "b 1.2"), (outage.Value.LastGood.Reply, outage.Value.FirstGood.Reply));
    }

    [Fact]
    public void A_gap_before_the_fault_is_not_its_outage()
    {
        var outage = Outage.Longest([Good(10, "a"), Good(500, "a"), Good(510, "a"), Good(540, "b"), Good(550, "b")], At(505), At(1000));

        Assert.Equal(At(30), outage!.Value.Duration);
    }

    [Fact]
    public void Without_an_answer_after_the_fault_there_is_none_to_measure()
    {
        Assert.Null(Outage.Longest([Good(10, "a"), Bad(120)], At(15), At(1000)));
    }

    private static Probe Good(int at, string reply) => new(At(at - 1), At(at), reply, null);

    private static Probe Bad(int at) => new(At(at - 100), At(at), null, "timeout");

    private static TimeSpan At(int milliseconds) => TimeSpan.FromMilliseconds(milliseconds);
}
