using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>One alert: a rule and a subject, from when it opened until it is over. What comes back soon after is the same alert again.</summary>
public sealed record Alert
{
    /// <summary>Gets its id, the same wherever it is made: of rule, subject and when it opened.</summary>
    public required string Id { get; init; }

    /// <summary>Gets the rule.</summary>
    public required string Rule { get; init; }

    /// <summary>Gets how bad it is.</summary>
    public required AlertSeverity Severity { get; init; }

    /// <summary>Gets what was seen last.</summary>
    public required AlertSignal Signal { get; init; }

    /// <summary>Gets who sees whether it is still so: an observation of the same source without it closes it. Null for what happened, which closes when it has not happened for long enough.</summary>
    public string? Source { get; init; }

    /// <summary>Gets where it is in its life.</summary>
    public required AlertStatus Status { get; init; }

    /// <summary>Gets whether the condition holds as far as is known. A flapping alert can be open without.</summary>
    public bool Holds { get; init; } = true;

    /// <summary>Gets when it opened first; of a pending one, since when its condition holds.</summary>
    public required DateTimeOffset Opened { get; init; }

    /// <summary>Gets when it was seen last.</summary>
    public required DateTimeOffset Last { get; init; }

    /// <summary>Gets when its condition was seen to end.</summary>
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Gets how often it opened, or happened.</summary>
    public int Count { get; init; } = 1;

    /// <summary>Gets when it opened, or happened, the latest times: what flapping and counts are told from.</summary>
    public ImmutableArray<DateTimeOffset> Times { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets whether it comes and goes so often that single changes are not told any more.</summary>
    public bool Flapping { get; init; }

    /// <summary>Gets why nobody is told now: a mute or a maintenance; null when they are.</summary>
    public string? Muted { get; init; }

    /// <summary>Gets from when its escalation counts; null while nobody is to be told.</summary>
    public DateTimeOffset? Telling { get; init; }

    /// <summary>Gets how many steps of its escalation were taken.</summary>
    public int Steps { get; init; }

    /// <summary>Gets the channels that were told that it is open, and are to hear that it is over.</summary>
    public ImmutableArray<string> Told { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets who acknowledged it.</summary>
    public string? AcknowledgedBy { get; init; }

    /// <summary>Gets what they said.</summary>
    public string? Comment { get; init; }

    /// <summary>Gets when it was over.</summary>
    public DateTimeOffset? Closed { get; init; }

    /// <summary>Gets what tells it from every other that can be open.</summary>
    internal string Key => KeyOf(Rule, Signal.Subject);

    /// <summary>The key of a rule's alert about a subject.</summary>
    internal static string KeyOf(string rule, string subject) => $"{rule}|{subject}";
}
