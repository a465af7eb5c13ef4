using Holdfast.Simulation.Campaigns;

namespace Holdfast.Simulation.Tests;

/// <summary>A slice of the campaign, other seeds than the named ones; <c>./simulate</c> plays as many as you like.</summary>
public sealed class StormTests
{
    private static readonly long Slice = Environment.GetEnvironmentVariable("HOLDFAST_LONG") == "1" ? 100_000 : 200;

    [Fact]
    public void No_invariant_breaks_and_everything_that_matters_was_met()
    {
        var result = Campaign.Run(1, Slice);

        Assert.True(result.FailingSeed is null, result.Trace);
        Assert.Equal(Slice, result.Tally.Seeds);
        Assert.True(result.Tally.VirtualHours >= Slice / 6.0);
        Assert.True(result.Tally.Faults.Values.Sum() >= Slice * 20);
        Assert.Equal(Enum.GetValues<Fault>(), result.Tally.Faults.Keys);
        Assert.All([result.Tally.Takeovers, result.Tally.Expiries, result.Tally.LostAcknowledgements, result.Tally.Incarnations], met => Assert.True(met > Slice / 2));
    }

    [Fact]
    public void The_same_seed_plays_the_same()
    {
        var (first, again) = (Storm.Play(17), Storm.Play(17));

        Assert.Equal((first.Steps, first.VirtualHours, first.Takeovers), (again.Steps, again.VirtualHours, again.Takeovers));
    }
}
