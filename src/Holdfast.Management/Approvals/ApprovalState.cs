using System.Text.Json.Serialization;

namespace Holdfast.Management.Approvals;

/// <summary>Where an act is that needs a second person.</summary>
public enum ApprovalState
{
    /// <summary>Nobody decided yet.</summary>
    [JsonStringEnumMemberName("waiting")] Waiting,

    /// <summary>Somebody approved it, and it is being carried out.</summary>
    [JsonStringEnumMemberName("running")] Running,

    /// <summary>It was approved and done.</summary>
    [JsonStringEnumMemberName("done")] Done,

    /// <summary>It was approved, and could not be done.</summary>
    [JsonStringEnumMemberName("failed")] Failed,

    /// <summary>It was approved, the service ended meanwhile, and nobody knows whether it was done.</summary>
    [JsonStringEnumMemberName("unknown")] Unknown,

    /// <summary>Somebody refused it, or who asked took it back.</summary>
    [JsonStringEnumMemberName("refused")] Refused,

    /// <summary>Nobody decided in time.</summary>
    [JsonStringEnumMemberName("expired")] Expired,
}
