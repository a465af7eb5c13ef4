using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
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
        MeasuredTiming measured;
        try
        {
            measured = await MeasureAsync(context.Runtime, context.Time, cancellationToken);
        }
        catch (StoreUnavailableException exception)
        {
            return [context.Problem(Name, $"A commit to the store was not answered in time: {exception.Message}", "See that a majority of the voters is up; if it is, take load off their disks and processors.")];
        }

        var misfits = TimingFit.Misfits(context.Runtime.Profile, measured);
        var better = TimingFit.Suggest(measured);
        Finding[] unfinished = context.Runtime is { Etcd: not null, StoreProfile.Name: var members } && members != context.Runtime.Profile.Name
            ? [context.Warning(Name, $"The member of etcd here has the timing {members}, the leases {context.Runtime.Profile.Name}: a change was not finished.", $"Run 'holdfast cluster profile {context.Runtime.Profile.Name}', or the other one to go back.")] : [];
        return misfits.Count == 0
            ? [context.Ok(Name, $"Profile {context.Runtime.Profile.Name} fits: one commit in ten takes {measured.SlowCommit.TotalMilliseconds:0.0} ms and more, the scheduler was {measured.Jitter.TotalMilliseconds:0.0} ms late at worst{(measured.WorstSweep == TimeSpan.Zero ? "" : $", and ending everything took {measured.WorstSweep.TotalMilliseconds:0.0} ms at worst")}."), .. unfinished]
            : [.. unfinished, .. misfits.Select(misfit => context.Problem(Name, misfit, better is null ? "This machine or its store is too slow for any profile: take load off it." : $"Take load off it, or change the timing: holdfast cluster profile {better.Name}"))];
    }

    /// <summary>Measures what the rules of timing profiles are about.</summary>
    /// <exception cref="StoreUnavailableException">A commit was not answered.</exception>
    public static async Task<MeasuredTiming> MeasureAsync(NodeRuntime runtime, TimeProvider time, CancellationToken cancellationToken)
    {
        var jitter = JitterAsync(time, cancellationToken);
        List<TimeSpan> commits = [];
        await foreach (var took in CommitAsync(runtime, time, cancellationToken)) commits.Add(took);
        commits.Sort();
        return new MeasuredTiming(commits[commits.Count * 9 / 10], (await runtime.Leash.GetStateAsync(cancellationToken)).WorstSweep, await jitter);
    }

    /// <summary>Commits to a record of this check's own.</summary>
    private static async IAsyncEnumerable<TimeSpan> CommitAsync(NodeRuntime runtime, TimeProvider time, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var key = RegistryKeys.Doctor + runtime.Node.Value;
        var store = runtime.Registry.Store;
        for (var i = 0; i < Commits; i++)
        {
            var begun = time.GetTimestamp();
            if (await store.CommitAsync(new([], [new StoreWrite(key, new byte[] { (byte)'0' })]), cancellationToken) is CommitOutcome.Unknown unknown) throw new StoreUnavailableException(unknown.Reason);
            yield return time.GetElapsedTime(begun);
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
