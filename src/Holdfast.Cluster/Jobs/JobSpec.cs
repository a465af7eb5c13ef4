using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Holdfast.Cluster.Calendars;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Jobs;

/// <summary>What is to be done, when, and what if that does not work. Where is its role's (ADR 38).</summary>
public sealed record JobSpec
{
    /// <summary>Gets the name; that of its role.</summary>
    public required RoleName Name { get; init; }

    /// <summary>Gets what it does.</summary>
    public required JobKind Kind { get; init; }

    /// <summary>Gets when.</summary>
    public required JobSchedule Schedule { get; init; }

    /// <summary>Gets the time zone of its days and hours. The default is UTC.</summary>
    public TimeZoneInfo Zone { get; init; } = TimeZoneInfo.Utc;

    /// <summary>Gets the days on which runs are due. The default is every day.</summary>
    public DaySet Days { get; init; } = DaySet.EveryDay;

    /// <summary>Gets by how much at most the start of a run is put off, so that many jobs do not start at once. The default is not at all; to 24 hours.</summary>
    public TimeSpan Jitter { get; init; }

    /// <summary>Gets what becomes of runs that nobody could start. The default is one run for all.</summary>
    public MissedPolicy Missed { get; init; }

    /// <summary>Gets how late a run may start before it counts as missed. The default is 10 minutes; 1 second to 30 days.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets how failed runs are tried again.</summary>
    public RetryPolicy Retries { get; init; } = RetryPolicy.Usual;

    /// <summary>Gets when it may work; null for always.</summary>
    public WorkHours? Hours { get; init; }

    /// <summary>Gets the groups of jobs that it belongs to, each with how many of its runs may be at work when one of this job begins; <see cref="CapUse.Node"/> is the node that it is on.</summary>
    public ImmutableSortedDictionary<string, int> Caps { get; init; } = ImmutableSortedDictionary<string, int>.Empty;

    /// <summary>Gets the calendars that it names.</summary>
    public IEnumerable<string> Calendars => Days.Calendars.Concat(Hours?.Calendars ?? []).Distinct();

    /// <summary>The first time after <paramref name="handled"/> at which a run is due.</summary>
    public DateTimeOffset? NextDue(DateTimeOffset handled, DateTimeOffset? lastEnded, CalendarBook calendars) => Schedule.Next(handled, lastEnded, Days, Zone, calendars);

    /// <summary>By how much the run that is due then is put off: less than <see cref="Jitter"/>, whole seconds, and the same whoever asks.</summary>
    public TimeSpan PutOff(DateTimeOffset due)
    {
        if (Jitter < TimeSpan.FromSeconds(1)) return TimeSpan.Zero;
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{Name}/{JobRun.IdOf(due)}"));
        return TimeSpan.FromSeconds(BitConverter.ToUInt32(hash) % (uint)Jitter.TotalSeconds);
    }
}
