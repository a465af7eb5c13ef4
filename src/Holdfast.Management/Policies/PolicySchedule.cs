using System.Collections.Immutable;

namespace Holdfast.Management.Policies;

/// <summary>When a policy's backups run, in the texts that jobs have.</summary>
public sealed record PolicySchedule
{
    /// <summary>Gets a cron expression, <c>every 6h</c>, <c>continuous</c> or <c>on-demand</c>.</summary>
    public required string When { get; init; }

    /// <summary>Gets the time zone; null for UTC.</summary>
    public string? Zone { get; init; }

    /// <summary>Gets when backups may work, such as <c>22:00-06:00</c>; null for always.</summary>
    public string? Window { get; init; }

    /// <summary>Gets what becomes of runs that nobody could start: <c>run-once</c> or <c>skip</c>; null for the job's default.</summary>
    public string? Missed { get; init; }

    /// <summary>Gets how late a run may start before it counts as missed; null for the job's default.</summary>
    public string? Late { get; init; }

    /// <summary>Gets how failed runs are tried again: <c>transient</c>, <c>permanent</c>, <c>back-off</c>.</summary>
    public ImmutableSortedDictionary<string, string> Retries { get; init => field = value ?? ImmutableSortedDictionary<string, string>.Empty; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Gets how much a backup may send in a second, such as <c>10MiB</c>; null for as much as it can.</summary>
    public string? Bandwidth { get; init; }

    /// <summary>Gets the nodes on which backups run when these are up; for things that are not bound to a node or a role.</summary>
    public ImmutableArray<string> Preferred { get; init => field = value.IsDefault ? [] : value; } = [];
}
