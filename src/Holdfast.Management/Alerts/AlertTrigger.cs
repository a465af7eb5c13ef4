using System.Text.Json.Serialization;

namespace Holdfast.Management.Alerts;

/// <summary>What an alert rule is about.</summary>
public enum AlertTrigger
{
    /// <summary>The last run of a job failed.</summary>
    [JsonStringEnumMemberName("job-failed")] JobFailed,

    /// <summary>The last run of a job was missed.</summary>
    [JsonStringEnumMemberName("job-missed")] JobMissed,

    /// <summary>The newest snapshot of a thing is older than its policy allows.</summary>
    [JsonStringEnumMemberName("rpo-broken")] RpoBroken,

    /// <summary>A thing would take longer to be back than its policy allows.</summary>
    [JsonStringEnumMemberName("rto-broken")] RtoBroken,

    /// <summary>A thing's last proof of restore is older than its policy allows; or, value in seconds, than the rule's threshold.</summary>
    [JsonStringEnumMemberName("verification-old")] VerificationOld,

    /// <summary>One loss more and something would be offline.</summary>
    [JsonStringEnumMemberName("redundancy-lost")] RedundancyLost,

    /// <summary>A role failed, or waits for what the cluster cannot do by itself.</summary>
    [JsonStringEnumMemberName("role-failed")] RoleFailed,

    /// <summary>A role changed its owner unplanned, again and again.</summary>
    [JsonStringEnumMemberName("role-flapping")] RoleFlapping,

    /// <summary>A node is down.</summary>
    [JsonStringEnumMemberName("node-down")] NodeDown,

    /// <summary>A node says that something of it runs out.</summary>
    [JsonStringEnumMemberName("node-unhealthy")] NodeUnhealthy,

    /// <summary>The cluster's store cannot be reached.</summary>
    [JsonStringEnumMemberName("store-unreachable")] StoreUnreachable,

    /// <summary>A certificate runs out; value in seconds left.</summary>
    [JsonStringEnumMemberName("certificate-expiring")] CertificateExpiring,

    /// <summary>A disk or a vault runs full; value in percent free.</summary>
    [JsonStringEnumMemberName("disk-low")] DiskLow,

    /// <summary>The repository database does not answer.</summary>
    [JsonStringEnumMemberName("database-down")] DatabaseDown,

    /// <summary>Messages of a channel are not delivered.</summary>
    [JsonStringEnumMemberName("channel-failing")] ChannelFailing,
}
