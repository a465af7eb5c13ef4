using Holdfast.Simulation.Campaigns;

namespace Holdfast.Simulation.Tests;

/// <summary>Seeds that once found a bug. What each found is also a test of its own where it was mended, since another change may give the seed another story.</summary>
public sealed class FoundSeedTests
{
    [Theory]
    [InlineData(77, "A leash stood still between saying that the lease is over and ending what ran; the second killer took its word for done.")]
    [InlineData(553, "Two machines of one name minted the same incarnation after its predecessor was ended, and renewed it in turns.")]
    public void A_seed_that_found_a_bug_finds_none(long seed, string found)
    {
        Assert.NotEmpty(found);

        Storm.Play(seed);
    }
}
