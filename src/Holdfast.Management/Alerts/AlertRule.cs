using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Holdfast.Management.Policies;

namespace Holdfast.Management.Alerts;

/// <summary>When there is an alert, how bad it is, and who hears of it.</summary>
public sealed record AlertRule
{
    /// <summary>Gets the name: 1 to 63 of a-z, 0-9 and '-'.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what it is about.</summary>
    public required AlertTrigger Trigger { get; init; }

    /// <summary>Gets how bad it is. The default is a warning.</summary>
    public AlertSeverity Severity { get; init; } = AlertSeverity.Warning;

    /// <summary>Gets whether it is switched off.</summary>
    public bool Disabled { get; init; }

    /// <summary>Gets the subjects that it is for, as patterns (<c>job:gold-*</c>); empty means all.</summary>
    public ImmutableArray<string> Subjects { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the number from which on it applies, in the trigger's unit: at most so many seconds left or percent free, at least so old; null for the trigger's own judgement.</summary>
    public double? Threshold { get; init; }

    /// <summary>Gets how long it must be so before there is an alert. The default is at once; up to 1 day.</summary>
    [JsonPropertyName("forSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan For { get; init; }

    /// <summary>Gets how often it must happen within <see cref="Within"/>; for what happens, not for what is so. The default is once; up to 100.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Gets the time that <see cref="Count"/> is counted in, and after which an alert about what happened closes when it does not happen again. The default is 1 hour; 1 minute to 30 days.</summary>
    [JsonPropertyName("withinSeconds"), JsonConverter(typeof(SecondsConverter))]
    public TimeSpan Within { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Gets who hears of it, and who next when nobody acknowledges. Empty: it is only shown.</summary>
    public ImmutableArray<EscalationStep> Escalation { get; init => field = value.IsDefault ? [] : value; } = [];
}

/// <summary>Who hears of an alert that nobody acknowledged for so long.</summary>
/// <param name="After">How long after the alert opened. 0 to 7 days, growing from step to step.</param>
/// <param name="Channels">The channels, by name.</param>
public sealed record EscalationStep([property: JsonPropertyName("afterSeconds"), JsonConverter(typeof(SecondsConverter))] TimeSpan After, ImmutableArray<string> Channels);
