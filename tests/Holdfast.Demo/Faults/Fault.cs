using Holdfast.Lab.Hosts;

namespace Holdfast.Demo.Faults;

/// <summary>Something that happens to the cluster.</summary>
internal sealed record Fault
{
    /// <summary>Gets its name.</summary>
    public required string Name { get; init; }

    /// <summary>Gets what a reader shall know about it.</summary>
    public required string Summary { get; init; }

    /// <summary>Gets the cluster that it takes.</summary>
    public ClusterShape Shape { get; init; } = ClusterShape.ThreeMembers;

    /// <summary>Gets whether it strikes the most preferred node, whoever owns the roles by then.</summary>
    public bool OnPreferred { get; init; }

    /// <summary>Gets whether the cluster acts by itself some time later, so that the time until it decides says nothing.</summary>
    public bool IsWaitedFor { get; init; }

    /// <summary>Gets whether no role should be decided about: what the nodes then tell of their roles is not a detection.</summary>
    public bool LeavesRoles { get; init; }

    /// <summary>Gets what must be so before it; its time is not measured.</summary>
    public Func<DemoSite, LabHost, Task> Prepare { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Gets what makes it, on the node that owns both roles; returns when it took effect.</summary>
    public required Func<DemoSite, LabHost, Task<TimeSpan>> Strike { get; init; }

    /// <summary>Gets what to wait for while it lasts; for faults that end before the services can come back.</summary>
    public Func<DemoSite, LabHost, Task> Hold { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Gets what ends it, before the services can come back; null when nothing does.</summary>
    public Func<DemoSite, LabHost, Task>? Lift { get; init; }

    /// <summary>Gets what to wait for, beside both services answering again.</summary>
    public Func<DemoSite, LabHost, Task> Await { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Gets how it is mended afterwards; null when there is nothing to mend.</summary>
    public Func<DemoSite, LabHost, Task>? Mend { get; init; }

    /// <summary>Gets what must be true, beside what always must.</summary>
    public Expectation Expectation { get; init; } = Expectation.ComesBack;
}
