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

    /// <summary>Gets what becomes of runs that nobody could start. The default is one run for all.</summary>
    public MissedPolicy Missed { get; init; }

    /// <summary>Gets how late a run may start before it counts as missed. The default is 10 minutes; 1 second to 30 days.</summary>
    public TimeSpan Late { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Gets how failed runs are tried again.</summary>
    public RetryPolicy Retries { get; init; } = RetryPolicy.Usual;

    /// <summary>Gets when it may work; null for always.</summary>
    public DailyWindow? Window { get; init; }
}
