namespace Holdfast.Cluster.Leases;

/// <summary>What was measured of a machine and its store, for the question which timing profile can work there.</summary>
/// <param name="SlowCommit">How long nine of ten commits to the store take at most.</param>
/// <param name="WorstSweep">The worst time from a deadline to everything verified gone; zero when no lease has ended yet.</param>
/// <param name="Jitter">How much later than asked the scheduler woke this process at worst.</param>
public sealed record MeasuredTiming(TimeSpan SlowCommit, TimeSpan WorstSweep, TimeSpan Jitter);

/// <summary>Whether a timing profile fits what was measured: the same rules that it was made by, with the measured values in place of the assumed ones.</summary>
public static class TimingFit
{
    /// <summary>Why a profile cannot work here, one sentence each; none means it can.</summary>
    public static IReadOnlyList<string> Misfits(TimingProfile profile, MeasuredTiming measured)
    {
        List<string> misfits = [];
        if (measured.SlowCommit > profile.CommitTime)
            misfits.Add($"One commit in ten takes {Milliseconds(measured.SlowCommit)} and more; profile {profile.Name} allows {Milliseconds(profile.CommitTime)}.");
        if (measured.WorstSweep > profile.KillTime)
            misfits.Add($"Ending everything at a deadline took up to {Milliseconds(measured.WorstSweep)}; profile {profile.Name} counts on {Milliseconds(profile.KillTime)}, and another node may start a role before it has ended here.");
        // A renewal that leaves a jitter late, and whose commit is slow, must still be in time.
        if (measured.Jitter > profile.LeaseDuration / 4)
            misfits.Add($"The scheduler woke the agent up to {Milliseconds(measured.Jitter)} late; with leases of {Milliseconds(profile.LeaseDuration)} (profile {profile.Name}) at most a quarter of that is safe.");
        return misfits;
    }

    /// <summary>The quickest profile that fits; null when none does.</summary>
    public static TimingProfile? Suggest(MeasuredTiming measured) => TimingProfile.All.OrderBy(profile => profile.LeaseDuration).FirstOrDefault(profile => Misfits(profile, measured).Count == 0);

    private static string Milliseconds(TimeSpan time) => FormattableString.Invariant($"{time.TotalMilliseconds:0} ms");
}
