namespace Holdfast.Cluster.Jobs;

/// <summary>What becomes of runs that were due while no node could start them.</summary>
public enum MissedPolicy
{
    /// <summary>One run, now, for all of them.</summary>
    RunOnce,

    /// <summary>None; the next is the next that is due.</summary>
    Skip,
}
