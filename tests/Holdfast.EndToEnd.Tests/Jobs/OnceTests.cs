using System.Globalization;
using Holdfast.EndToEnd.Tests.Labs;
using Xunit;
using Xunit.Abstractions;

namespace Holdfast.EndToEnd.Tests.Jobs;

/// <summary>What the simulation says of jobs (<c>JobStorm</c>), said of real processes. HOLDFAST_LONG=1 strikes 200 times; HOLDFAST_SEED repeats a run's choices (moments depend on the machine, too).</summary>
[Collection(JobCluster.Name)]
public sealed class OnceTests(ThreeNodes lab, ITestOutputHelper output) : IAsyncLifetime
{
    private static readonly int Blows = Environment.GetEnvironmentVariable("HOLDFAST_LONG") == "1" ? 200 : 4;

    public Task InitializeAsync() => lab.ReadyAsync();

    public Task DisposeAsync() => Task.CompletedTask;

    [ClusterFact]
    public async Task Each_due_run_has_one_row_and_each_completed_one_its_one_effect_whatever_becomes_of_owners_around_due_times()
    {
        var seed = Environment.GetEnvironmentVariable("HOLDFAST_SEED") is { Length: > 0 } given ? int.Parse(given, CultureInfo.InvariantCulture) : Random.Shared.Next();
        output.WriteLine($"HOLDFAST_SEED={seed}");
        var storm = new JobBlows(lab, new Random(seed), output);
        await storm.PrepareAsync();

        for (var number = 0; number < Blows; number++) await storm.StrikeAsync(number);
        await storm.EndAsync();

        foreach (var job in storm.Effects) job.Check(lab.Lines(job.Job), lab.Lines(job.Job + ".attempts"), lab.Lines(job.Job + ".overlaps"));
        storm.Snapshots.Check(await storm.SnapshotsAsync());
        output.WriteLine($"{Blows} blows; {string.Join("; ", storm.Effects)}; {storm.Snapshots}.");
        // Else it has shown nothing.
        Assert.True(storm.Effects.Sum(job => job.Completed) > Blows / 2 && storm.Snapshots.Completed > Blows / 4 && storm.Effects.Sum(job => job.Resumed) > 0, "Nothing much was met.");
    }
}
