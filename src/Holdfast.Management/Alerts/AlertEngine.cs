using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>
/// Decides what is an alert, who hears of it and when it is over: pure. Whoever drives it saves the state before sending what is in its outbox, so that each message is sent at least once,
/// by this owner or by the next.
/// </summary>
public static class AlertEngine
{
    /// <summary>The source of what the engine itself sees.</summary>
    internal const string OwnSource = "channels";

    /// <summary>Takes one step.</summary>
    /// <exception cref="HoldfastException">Codes <c>alert.not-found</c> and <c>alert.closed</c>: there is nothing to acknowledge.</exception>
    public static AlertStep Step(AlertState state, AlertInput input, AlertSettings settings, DateTimeOffset now)
    {
        var draft = new AlertDraft(state, settings, now);
        switch (input)
        {
            case AlertInput.Observed observed:
                draft.Observe(observed.Source, observed.Signals);
                break;
            case AlertInput.Happened happened:
                draft.Count(happened.Signal, happened.At);
                break;
            case AlertInput.Acknowledged acknowledged:
                draft.Acknowledge(acknowledged.Alert, acknowledged.By, acknowledged.Comment);
                break;
            case AlertInput.Delivered delivered:
                draft.Outbox.Arrived(delivered.Delivery);
                break;
            case AlertInput.NotDelivered lost:
                draft.Outbox.Failed(lost.Delivery, lost.Reason, lost.Permanent);
                break;
            case AlertInput.Test test:
                draft.Outbox.AddTest(test.Channel, test.By, test.Id);
                break;
        }

        draft.Outbox.DropStrangers();
        draft.Observe(OwnSource, draft.Outbox.Signals());
        draft.PassTime();
        return draft.Done();
    }

    /// <summary>The messages to be sent now, oldest first.</summary>
    public static IEnumerable<AlertDelivery> Due(AlertState state, DateTimeOffset now) => state.Outbox.Where(delivery => delivery.NextTry <= now);
}
