using Holdfast.Agent.Resources;
using Holdfast.Agent.Resources.Processes;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Probes;

/// <summary>What a probe of one resource works with.</summary>
public sealed record ProbeContext
{
    /// <summary>Gets the leash; command probes run inside the unit.</summary>
    public required ILeash Leash { get; init; }

    /// <summary>Gets on whose behalf a command probe runs.</summary>
    public required Warrant Warrant { get; init; }

    /// <summary>Gets the unit of the resource.</summary>
    public required string Unit { get; init; }

    /// <summary>Gets as whom, where and with which variables a command probe runs: like the resource itself.</summary>
    public required RunAs RunAs { get; init; }

    /// <summary>The context for the probes of a resource.</summary>
    public static ProbeContext Of(ResourceContext resource) => new()
    {
        Leash = resource.Leash,
        Warrant = resource.Warrant,
        Unit = resource.Unit,
        RunAs = RunAs.Of(resource.Resource, resource.Node),
    };
}
