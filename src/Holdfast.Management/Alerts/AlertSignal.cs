using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>Something that was seen, and that rules may make an alert of.</summary>
public sealed record AlertSignal
{
    /// <summary>Gets what was seen.</summary>
    public required AlertTrigger Trigger { get; init; }

    /// <summary>Gets what it is about: <c>job:nightly</c>, <c>node:a</c>, <c>role:db</c>, <c>thing:tree:/srv@a</c>, <c>cluster</c>, <c>service</c>, <c>channel:mail</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>Gets what else it concerns: a mute or the maintenance of one of these holds for it too.</summary>
    public ImmutableArray<string> Related { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets what happened, one sentence.</summary>
    public required string Sentence { get; init; }

    /// <summary>Gets why, one sentence.</summary>
    public required string Because { get; init; }

    /// <summary>Gets what to do, one sentence.</summary>
    public required string Hint { get; init; }

    /// <summary>Gets the number that rules with a threshold compare, in the unit of its trigger; null where there is none.</summary>
    public double? Value { get; init; }

    /// <summary>Gets whether who saw it judges it as too old: what rules without a threshold go by.</summary>
    public bool IsOverdue { get; init; }

    /// <summary>Gets the channels that hear of it instead of the rule's; empty for the rule's. A policy names these.</summary>
    public ImmutableArray<string> Channels { get; init => field = value.IsDefault ? [] : value; } = [];
}
