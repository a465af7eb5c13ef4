using System.Collections.Immutable;
using Holdfast.Cluster.Calendars;

namespace Holdfast.Cluster.Jobs;

/// <summary>What a decision about a job heeds besides the job itself.</summary>
public sealed record JobSurroundings
{
    /// <summary>Gets nothing in particular.</summary>
    public static JobSurroundings None { get; } = new();

    /// <summary>Gets the named calendars.</summary>
    public CalendarBook Calendars { get; init; } = CalendarBook.Empty;

    /// <summary>Gets why its node takes no schedules, one sentence; null when it does.</summary>
    public string? Stopped { get; init; }

    /// <summary>Gets how far its caps are used by others.</summary>
    public ImmutableArray<CapUse> Caps { get; init; } = [];

    /// <summary>Gets how far its node is used by others; null when that is set to no number of jobs.</summary>
    public CapUse? Node { get; init; }
}
