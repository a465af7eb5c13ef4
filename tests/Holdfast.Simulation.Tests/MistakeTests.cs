using Holdfast.Simulation.Campaigns;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Mistakes;

namespace Holdfast.Simulation.Tests;

/// <summary>Every rule of the lease protocol is switched off once, and the simulation must notice: else it would prove nothing.</summary>
public sealed class MistakeTests
{
    private const int MostSeeds = 600;

    public static TheoryData<Mistake> MetByStorms => [.. Enum.GetValues<Mistake>().Where(mistake => mistake != Mistake.None && (mistake == Mistake.SuspendUnnoticed || !DirectedFaults.All.Contains(mistake)))];

    public static TheoryData<Mistake> Directed => [.. DirectedFaults.All];

    [Theory]
    [MemberData(nameof(MetByStorms))]
    public void A_rule_that_is_not_kept_is_noticed_by_some_storm(Mistake mistake)
    {
        var result = Campaign.Run(1, MostSeeds, mistake);

        Assert.True(result.FailingSeed is not null, $"{MostSeeds} storms did not notice {mistake}");
    }

    [Theory]
    [MemberData(nameof(Directed))]
    public void A_rule_that_is_not_kept_is_noticed_by_a_fault_aimed_at_it(Mistake mistake)
    {
        for (var seed = 1; seed <= 20; seed++) DirectedFaults.Play(mistake, seed, made: false);

        Assert.Contains(Enumerable.Range(1, 20), seed => Breaks(() => DirectedFaults.Play(mistake, seed, made: true)));
    }

    [Fact]
    public void Clocks_within_their_bound_break_nothing_and_clocks_outside_are_seen_to()
    {
        for (var seed = 1; seed <= 10; seed++) DirectedFaults.PlayClockOutsideItsBound(seed, timesTheBound: 1);

        Assert.Contains(Enumerable.Range(1, 10), seed => Breaks(() => DirectedFaults.PlayClockOutsideItsBound(seed, timesTheBound: 50)));
    }

    [Fact]
    public void What_no_margin_covers_a_machine_that_was_stopped_and_does_not_know_it_is_seen() =>
        Assert.Contains(Enumerable.Range(1, 10), seed => Breaks(() => DirectedFaults.PlayStoppedMachine(seed)));

    private static bool Breaks(Action play)
    {
        try
        {
            play();
            return false;
        }
        catch (SimulationException)
        {
            return true;
        }
    }
}
