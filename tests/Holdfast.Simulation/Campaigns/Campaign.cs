using System.Diagnostics;
using Holdfast.Simulation.Engine;
using Holdfast.Simulation.Mistakes;

namespace Holdfast.Simulation.Campaigns;

/// <summary>Many seeds, on as many threads as there are cores; each seed is played by one of them alone.</summary>
public static class Campaign
{
    /// <summary>Plays seeds until all are played, one fails, or it is cancelled.</summary>
    /// <param name="first">The first seed.</param>
    /// <param name="count">How many; at least 1.</param>
    /// <param name="mistake">The rule that is not kept.</param>
    /// <param name="progress">Told after every seed how many are played.</param>
    /// <param name="cancellationToken">Ends it after the seeds that are being played.</param>
    public static CampaignResult Run(long first, long count, Mistake mistake = Mistake.None, Action<long>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var gate = new Lock();
        var total = new Tally();
        var next = first;
        (long Seed, string Trace)? failure = null;
        var watch = Stopwatch.StartNew();
        var threads = Enumerable.Range(0, Environment.ProcessorCount).Select(_ => new Thread(Play)).ToList();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return new CampaignResult(first, total, watch.Elapsed, failure?.Seed, failure?.Trace);

        void Play()
        {
            while (true)
            {
                long seed;
                lock (gate)
                {
                    if (next >= first + count || failure is not null || cancellationToken.IsCancellationRequested) return;
                    seed = next++;
                }

                try
                {
                    var tally = Storm.Play(seed, mistake);
                    lock (gate)
                    {
                        total.Add(tally);
                        progress?.Invoke(total.Seeds);
                    }
                }
                catch (SimulationException broken)
                {
                    lock (gate)
                    {
                        if (failure is not { } known || known.Seed > seed) failure = (seed, broken.Message);
                    }
                }
            }
        }
    }
}

/// <summary>What a campaign found.</summary>
/// <param name="First">The first seed.</param>
/// <param name="Tally">What happened in all of them.</param>
/// <param name="Took">How long it took, in true time.</param>
/// <param name="FailingSeed">The first seed that failed; null when none did.</param>
/// <param name="Trace">What happened in it until then.</param>
public sealed record CampaignResult(long First, Tally Tally, TimeSpan Took, long? FailingSeed, string? Trace)
{
    public double SeedsPerSecond => Tally.Seeds / Took.TotalSeconds;

    /// <summary>Gets how many hours of a cluster are simulated in one hour.</summary>
    public double VirtualHoursPerHour => Tally.VirtualHours / Took.TotalHours;
}
