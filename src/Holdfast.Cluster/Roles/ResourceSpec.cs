using System.Collections.Immutable;
using Holdfast.Cluster.Naming;

namespace Holdfast.Cluster.Roles;

/// <summary>Whether something is wanted online or offline.</summary>
public enum DesiredState
{
    /// <summary>It shall be brought and kept online.</summary>
    Online,

    /// <summary>It shall be taken and kept offline.</summary>
    Offline,
}

/// <summary>The smallest thing brought online, as declared inside its role.</summary>
public sealed record ResourceSpec
{
    /// <summary>Gets the name, unique inside the role.</summary>
    public required ResourceName Name { get; init; }

    /// <summary>Gets the type, such as <c>process</c> or <c>ip-address</c>.</summary>
    public required string Type { get; init; }

    /// <summary>Gets the type's own properties, checked by the type.</summary>
    public ImmutableSortedDictionary<string, PropertyValue> Properties { get; init; } = ImmutableSortedDictionary<string, PropertyValue>.Empty;

    /// <summary>Gets the resources of the same role that must be online first and go offline last.</summary>
    public ImmutableArray<ResourceName> DependsOn { get; init; } = [];

    /// <summary>Gets the probes; a process resource without any counts as online when it runs.</summary>
    public ImmutableArray<ProbeSpec> Probes { get; init; } = [];

    /// <summary>Gets the probe that passes while nobody uses it, so many times in a row as its threshold says; null when that cannot be told.</summary>
    public ProbeSpec? Idle { get; init; }

    /// <summary>
    /// Gets whether the role is well without it: when its restarts are spent it is left failed, and its role neither fails nor moves for that. The default is
    /// that every resource is critical.
    /// </summary>
    public bool NonCritical { get; init; }

    /// <summary>Gets how long it may take to come online. The default is 60 seconds.</summary>
    public TimeSpan StartTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Gets how long it may take to stop gracefully before it is killed. The default is 30 seconds.</summary>
    public TimeSpan StopTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Gets whether it is wanted online while its role is.</summary>
    public DesiredState Desired { get; init; } = DesiredState.Online;

    /// <summary>Gets a counter; the owner restarts the resource when it grows (<c>resource restart</c>).</summary>
    public long RestartRequests { get; init; }

    /// <inheritdoc/>
    public bool Equals(ResourceSpec? other) =>
        other is not null && Name == other.Name && Type == other.Type && Properties.SequenceEqual(other.Properties)
        && DependsOn.SequenceEqual(other.DependsOn) && Probes.SequenceEqual(other.Probes) && Idle == other.Idle && NonCritical == other.NonCritical
        && StartTimeout == other.StartTimeout && StopTimeout == other.StopTimeout && Desired == other.Desired && RestartRequests == other.RestartRequests;

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Name, Type, Properties.Count, DependsOn.Length);
}
