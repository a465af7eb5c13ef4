using System.Collections.Immutable;

namespace Holdfast.Management.Alerts;

/// <summary>All that the engine remembers. Bounded, so that it fits into one document of the cluster's store and alerts go on while the database is down; history is the database's.</summary>
public sealed record AlertState
{
    /// <summary>How many alerts it holds. What comes beyond is counted in <see cref="Dropped"/>.</summary>
    public const int MostAlerts = 300;

    /// <summary>How many messages may wait.</summary>
    public const int MostDeliveries = 200;

    /// <summary>Gets an engine that has seen nothing.</summary>
    public static AlertState Empty { get; } = new();

    /// <summary>Gets the alerts that are not over, and those that were lately, by rule and subject.</summary>
    public ImmutableSortedDictionary<string, Alert> Alerts { get; init => field = value ?? NoAlerts; } = NoAlerts;

    /// <summary>Gets the messages that have not arrived, oldest first.</summary>
    public ImmutableArray<AlertDelivery> Outbox { get; init => field = value.IsDefault ? [] : value; } = [];

    /// <summary>Gets the channels with messages that did not arrive, and why.</summary>
    public ImmutableSortedDictionary<string, string> Failing { get; init => field = value ?? NoReasons; } = NoReasons;

    /// <summary>Gets how many alerts and messages were left out because there were too many.</summary>
    public long Dropped { get; init; }

    private static ImmutableSortedDictionary<string, Alert> NoAlerts => ImmutableSortedDictionary.Create<string, Alert>(StringComparer.Ordinal);

    private static ImmutableSortedDictionary<string, string> NoReasons => ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
