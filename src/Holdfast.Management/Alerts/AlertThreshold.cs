namespace Holdfast.Management.Alerts;

/// <summary>Whether a rule's threshold is reached.</summary>
internal static class AlertThreshold
{
    /// <summary>Whether the trigger compares a number, and how.</summary>
    /// <returns>Null when it has none; else whether it is reached from above: the fewer, the worse.</returns>
    public static bool? FewerIsWorse(AlertTrigger trigger) => trigger switch
    {
        AlertTrigger.CertificateExpiring or AlertTrigger.DiskLow => true,
        AlertTrigger.VerificationOld => false,
        _ => null,
    };

    /// <summary>Whether the rule applies to what was seen. Without a threshold the trigger's own judgement counts.</summary>
    public static bool Applies(AlertRule rule, AlertSignal signal) => FewerIsWorse(rule.Trigger) switch
    {
        true => signal.Value is { } value && value <= (rule.Threshold ?? Usual(rule.Trigger)),
        false => rule.Threshold is not { } threshold ? signal.IsOverdue : signal.Value is { } value && value >= threshold,
        null => true,
    };

    /// <summary>The threshold of a rule that names none: thirty days, ten percent.</summary>
    public static double Usual(AlertTrigger trigger) => trigger == AlertTrigger.CertificateExpiring ? 30 * 86400 : 10;
}
