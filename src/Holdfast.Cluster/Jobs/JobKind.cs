namespace Holdfast.Cluster.Jobs;

/// <summary>What a job does.</summary>
public enum JobKind
{
    /// <summary>Runs a program.</summary>
    Command,

    /// <summary>Backs up paths or volumes to a vault.</summary>
    Backup,

    /// <summary>Backs up a database server, or its log, to a vault.</summary>
    Database,

    /// <summary>Forgets what its keep rules let go, and frees its space.</summary>
    Prune,

    /// <summary>Checks a vault.</summary>
    Check,

    /// <summary>Proves that a snapshot can be restored.</summary>
    Proof,
}
