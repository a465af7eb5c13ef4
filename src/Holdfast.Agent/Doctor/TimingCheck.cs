using Holdfast.Agent.Api;
using Holdfast.Cluster.Leases;
using Holdfast.Store;
using Holdfast.Store.Registry;

namespace Holdfast.Agent.Doctor;

/// <summary>Whether the cluster's timing profile can work with what is measured here: commits to the store, the scheduler's jitter, and how long ending everything took.</summary>
internal sealed class TimingCheck : ICheck
{
    private const string Name = "timing";
    private const int Commits = 20;
    private const int Naps = 100;
    private static readonly TimeSpan Nap = TimeSpan.FromMilliseconds(5);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> LookAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var jitter = JitterAsync(context.Time, cancellationToken);
        List<TimeSpan> commits = [];
        try
        {
            await foreach (var took in CommitAsync(context, cancellationToken)) commits.Add(took);
        }
        catch (StoreUnavailableException exception)
        {
            return [context.Problem(Name, $"A commit to the store was not answered in time: {exception.Message}", "See that a majority of the voters is up; if it is, take load off their disks and processors.")];
        }

        commits.Sort();
        var sweep = (await context.Runtime.Leash.GetStateAsync(cancellationToken)).WorstSweep;
        var measured = new MeasuredTiming(commits[commits.Count * 9 / 10], sweep, await jitter);
        var misfits = TimingFit.Misfits(context.Runtime.Profile, measured);
        var better = TimingFit.Suggest(measured);
        return misfits.Count == 0
            ? [context.Ok(Name, $"Profile {context.Runtime.Profile.Name} fits: a commit takes {commits[commits.Count / 2].TotalMilliseconds:0.0} ms, one in ten {measured.SlowCommit.TotalMilliseconds:0.0} ms and more, the scheduler was {measured.Jitter.TotalMilliseconds:0.0} ms late at worst{(sweep == TimeSpan.Zero ? "" : $", and ending everything took {sweep.TotalMilliseconds:0.0} ms at worst")}.")]
            : [.. misfits.Select(misfit => context.Problem(Name, misfit, better is null ? "This machine or its store is too slow for any profile: take load off it." : $"Take load off it, or make the cluster with profile {better.Name}."))];
    }

    /// <summary>Commits to a record of this check's own.</summary>
    private static async IAsyncEnumerable<TimeSpan> CommitAsync(CheckContext context, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var key = RegistryKeys.Doctor + context.Runtime.Node.Value;
        var store = context.Runtime.Registry.Store;
        for (var i = 0; i < Commits; i++)
        {
            var begun = context.Time.GetTimestamp();
            if (await store.CommitAsync(new([], [new StoreWrite(key, new byte[] { (byte)'0' })]), cancellationToken) is CommitOutcome.Unknown unknown) throw new StoreUnavailableException(unknown.Reason);
            yield return context.Time.GetElapsedTime(begun);
        }

        await store.CommitAsync(new([], [new StoreWrite(key, null)]), cancellationToken);
    }

    private static async Task<TimeSpan> JitterAsync(TimeProvider time, CancellationToken cancellationToken)
    {
        var worst = TimeSpan.Zero;
        for (var i = 0; i < Naps; i++)
        {
            var begun = time.GetTimestamp();
            await Task.Delay(Nap, time, cancellationToken);
            var late = time.GetElapsedTime(begun) - Nap;
            if (late > worst) worst = late;
        }

        return worst;
    }
}
