namespace Holdfast.Management.Approvals;

/// <summary>Where an act is that needs a second person.</summary>
public enum ApprovalState
{
    /// <summary>Nobody decided yet.</summary>
    Waiting,

    /// <summary>Somebody approved it, and it is being carried out.</summary>
    Running,

    /// <summary>It was approved and done.</summary>
    Done,

    /// <summary>It was approved, and could not be done.</summary>
    Failed,

    /// <summary>It was approved, the service ended meanwhile, and nobody knows whether it was done.</summary>
    Unknown,

    /// <summary>Somebody refused it, or who asked took it back.</summary>
    Refused,

    /// <summary>Nobody decided in time.</summary>
    Expired,
}
