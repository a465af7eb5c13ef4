using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>What the alert engine is told.</summary>
public abstract record AlertInput
{
    private AlertInput()
    {
    }

    /// <summary>All that a source sees now; what of it was open and is not among this is over. A source that could not look says nothing, and nothing of it closes.</summary>
    public sealed record Observed(string Source, ImmutableArray<AlertSignal> Signals) : AlertInput;

    /// <summary>Something happened once. What happened to one subject at one time counts once, however often it is told.</summary>
    public sealed record Happened(AlertSignal Signal, DateTimeOffset At) : AlertInput;

    /// <summary>Somebody knows.</summary>
    public sealed record Acknowledged(string Alert, string By, string? Comment) : AlertInput;

    /// <summary>A message arrived.</summary>
    public sealed record Delivered(string Delivery) : AlertInput;

    /// <summary>A message did not arrive.</summary>
    /// <param name="Permanent">Whether it would be the same again: it is not tried any more.</param>
    public sealed record NotDelivered(string Delivery, string Reason, bool Permanent) : AlertInput;

    /// <summary>Somebody wants to see whether a channel works.</summary>
    /// <param name="Id">A new id for the message.</param>
    public sealed record Test(string Channel, string By, string Id) : AlertInput;

    /// <summary>Time went by.</summary>
    public sealed record Tick : AlertInput;
}
