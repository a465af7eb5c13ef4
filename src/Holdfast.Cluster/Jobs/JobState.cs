namespace Holdfast.Cluster.Jobs;

/// <summary>What a job, or one run of it, is doing or became.</summary>
public enum JobState
{
    /// <summary>Nothing is to be done yet: the next run is not due, or the next try of a run that failed.</summary>
    Waiting,

    /// <summary>A worker works.</summary>
    Running,

    /// <summary>Stopped on purpose, to go on later from its checkpoint.</summary>
    Paused,

    /// <summary>A run that lost its worker goes on from its checkpoint.</summary>
    Resuming,

    /// <summary>It did what it should.</summary>
    Completed,

    /// <summary>It did not, and is not tried again.</summary>
    Failed,

    /// <summary>It was due while nobody could start it, and that was too long ago.</summary>
    Missed,

    /// <summary>It was left out on purpose: merged into another run, or cancelled.</summary>
    Skipped,
}
