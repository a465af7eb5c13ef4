namespace Holdfast.Cluster.Jobs;

/// <summary>When a job's runs are due.</summary>
public abstract record JobSchedule
{
    private JobSchedule()
    {
    }

    /// <summary>At times of the clock on the wall.</summary>
    public sealed record Cron(CronExpression Expression, TimeZoneInfo Zone) : JobSchedule;

    /// <summary>Again and again, counted from the last time it was due, so that runs do not drift with how long they take.</summary>
    public sealed record Every(TimeSpan Interval) : JobSchedule;

    /// <summary>Always: the next run follows the one before after a pause.</summary>
    public sealed record Continuous(TimeSpan Pause) : JobSchedule;

    /// <summary>Only when somebody asks.</summary>
    public sealed record OnDemand : JobSchedule;

    /// <summary>The first time after <paramref name="handled"/> at which a run is due; null when none is by itself.</summary>
    /// <param name="handled">Up to when everything that was due is settled.</param>
    /// <param name="lastEnded">When the last run ended; null before the first.</param>
    public DateTimeOffset? Next(DateTimeOffset handled, DateTimeOffset? lastEnded) => this switch
    {
        Cron cron => cron.Expression.Next(handled, cron.Zone)?.ToUniversalTime(),
        Every every => handled + every.Interval,
        Continuous continuous => lastEnded is { } ended ? ended + continuous.Pause : handled,
        _ => null,
    };
}
