using System.Globalization;
using Xunit.Abstractions;

namespace Holdfast.Reliability.Tests.Campaigns;

/// <summary>HOLDFAST_LONG=1 kills 200 times; HOLDFAST_SEED repeats a run's choices (moments depend on the machine, too).</summary>
public sealed class KillCampaignTests(ITestOutputHelper output)
{
    private static readonly int Moments = Environment.GetEnvironmentVariable("HOLDFAST_LONG") == "1" ? 200 : 8;

    [Fact]
    public async Task Killed_at_any_moment_no_completed_snapshot_is_harmed_and_the_next_run_cleans_up()
    {
        var seed = Environment.GetEnvironmentVariable("HOLDFAST_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"HOLDFAST_SEED={seed}");
        var choices = new Random(seed);
        using var campaign = new KillCampaign(seed, output);
        await campaign.PrepareAsync();

        var operations = Enum.GetValues<Operation>();
        for (var number = 0; number < Moments; number++)
        {
            var remote = number / operations.Length % 2 == 1;
            await campaign.RoundAsync(number, operations[number % operations.Length], remote, killServer: remote && choices.Next(3) == 0);
        }

        output.WriteLine($"{campaign.Midway} of {Moments} were killed while they held a lock.");
        // Else it has shown nothing: the program starts, and is killed before it begins.
        Assert.InRange(campaign.Midway, Moments / 4, Moments);
    }
}
