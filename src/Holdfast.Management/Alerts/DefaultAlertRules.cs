using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>The rules of a cluster that nobody wrote rules for: what is no longer protected or not served is critical, what must not get worse is a warning.</summary>
public static class DefaultAlertRules
{
    /// <summary>The channel that they name; who makes a channel of this name is told.</summary>
    public const string Channel = "admins";

    /// <summary>Gets the rules.</summary>
    public static ImmutableArray<AlertRule> All { get; } =
    [
        Rule("job-failed", AlertTrigger.JobFailed, AlertSeverity.Warning),
        Rule("job-missed", AlertTrigger.JobMissed, AlertSeverity.Warning),
        Rule("rpo-broken", AlertTrigger.RpoBroken, AlertSeverity.Critical),
        Rule("rto-broken", AlertTrigger.RtoBroken, AlertSeverity.Warning),
        Rule("verification-old", AlertTrigger.VerificationOld, AlertSeverity.Warning),
        // A takeover or a restart is over sooner, and is no news.
        Rule("redundancy-lost", AlertTrigger.RedundancyLost, AlertSeverity.Warning) with { For = TimeSpan.FromMinutes(2) },
        Rule("node-down", AlertTrigger.NodeDown, AlertSeverity.Warning) with { For = TimeSpan.FromSeconds(30) },
        Rule("role-failed", AlertTrigger.RoleFailed, AlertSeverity.Critical) with { For = TimeSpan.FromSeconds(10) },
        Rule("role-flapping", AlertTrigger.RoleFlapping, AlertSeverity.Warning) with { Count = 3, Within = TimeSpan.FromHours(1) },
        Rule("node-unhealthy", AlertTrigger.NodeUnhealthy, AlertSeverity.Warning) with { For = TimeSpan.FromMinutes(1) },
        Rule("store-unreachable", AlertTrigger.StoreUnreachable, AlertSeverity.Critical) with { For = TimeSpan.FromSeconds(30) },
        Rule("certificate-expiring", AlertTrigger.CertificateExpiring, AlertSeverity.Warning),
        Rule("certificate-expires-at-once", AlertTrigger.CertificateExpiring, AlertSeverity.Critical) with { Threshold = 7 * 86400 },
        Rule("disk-low", AlertTrigger.DiskLow, AlertSeverity.Warning) with { For = TimeSpan.FromMinutes(5) },
        Rule("disk-nearly-full", AlertTrigger.DiskLow, AlertSeverity.Critical) with { Threshold = 3 },
        Rule("database-down", AlertTrigger.DatabaseDown, AlertSeverity.Warning) with { For = TimeSpan.FromMinutes(1) },
        Rule("channel-failing", AlertTrigger.ChannelFailing, AlertSeverity.Warning),
    ];

    private static AlertRule Rule(string name, AlertTrigger trigger, AlertSeverity severity) => new() { Name = name, Trigger = trigger, Severity = severity, Escalation = [new EscalationStep(TimeSpan.Zero, [Channel])] };
}
