namespace Holdfast.Cluster.Jobs;

/// <summary>What becomes of runs that were due while no node could start them.</summary>
public enum MissedPolicy
{
    /// <summary>One run, now, for all of them.</summary>
    RunOnce,

    /// <summary>None; the next is the next that is due. With <see cref="JobSpec.Late"/> it says how old a run may be that is started all the same.</summary>
    Skip,
}
