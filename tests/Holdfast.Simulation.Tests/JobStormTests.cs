using Holdfast.Simulation.Jobs;

namespace Holdfast.Simulation.Tests;

/// <summary>Owners of jobs are killed around due times, 200 times and with HOLDFAST_LONG=1 five thousand: one row a due run, and one effect a completed one.</summary>
public sealed class JobStormTests
{
    private static readonly int Kills = Environment.GetEnvironmentVariable("HOLDFAST_LONG") == "1" ? 5_000 : 200;

    [Fact]
    public void Each_due_run_has_one_row_and_each_completed_one_its_one_effect_whenever_owners_are_killed()
    {
        var (kills, completed, resumed) = (0, 0, 0);
        for (var seed = 1; kills < Kills; seed++)
        {
            var storm = JobStorm.Play(seed);
            kills += storm.Kills;
            completed += storm.Runs.Completed;
            resumed += storm.Runs.Resumed;
        }

        Assert.True(completed > kills && resumed > kills / 10, $"{kills} kills, {completed} runs completed, {resumed} of them resumed: nothing much was met.");
    }

    [Fact]
    public void What_workers_that_outlive_their_lease_do_beside_the_next_owners_is_refused_or_known_as_late()
    {
        var (kills, late) = (0, 0);
        for (var seed = 1; kills < Kills / 2; seed++)
        {
            var storm = JobStorm.Play(seed, outliveLeases: true);
            kills += storm.Kills;
            late += storm.Late;
        }

        Assert.True(late > 0, $"{kills} kills, and nothing came late.");
    }
}
