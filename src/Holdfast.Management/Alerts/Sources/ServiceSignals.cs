using System.Collections.Immutable;

namespace Holdfast.Management.Alerts.Sources;

/// <summary>What the management service has to say of itself: source <see cref="Source"/>.</summary>
public static class ServiceSignals
{
    /// <summary>The name of the source.</summary>
    public const string Source = "service";

    /// <summary>Whether the repository database answers.</summary>
    /// <param name="reason">Why it does not; null when it does.</param>
    public static ImmutableArray<AlertSignal> OfDatabase(string? reason) => reason is null ? [] :
    [
        new()
        {
            Trigger = AlertTrigger.DatabaseDown, Subject = "service", Sentence = "The repository database does not answer.", Because = reason,
            Hint = "Protection goes on, and nothing is lost: the nodes keep what happened. Bring the database back; the service connects by itself.",
        },
    ];
}
