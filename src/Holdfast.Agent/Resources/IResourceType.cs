using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;
using Holdfast.Leash.Protocol;
using Microsoft.Extensions.Logging;

namespace Holdfast.Agent.Resources;

/// <summary>A kind of resource: what it may be told, and how it is brought online. Stateless.</summary>
public interface IResourceType
{
    /// <summary>Gets the name used in declarations.</summary>
    string Name { get; }

    /// <summary>Gets the properties it knows; any other is refused with the nearest of these.</summary>
    IReadOnlyList<PropertyRule> Properties { get; }

    /// <summary>Checks what can be checked without a node. Required and known properties were checked before.</summary>
    IEnumerable<SpecProblem> Validate(RoleSpec role, ResourceSpec resource);

    /// <summary>Checks on this node, before a declaration is accepted, what only a node can know: the account, the interface, the device, an address already in use.</summary>
    Task<IReadOnlyList<SpecProblem>> CheckOnNodeAsync(RoleSpec role, ResourceSpec resource, NodeCheckContext context, CancellationToken cancellationToken);

    /// <summary>Creates the resource for one placement.</summary>
    IResource Create(ResourceContext context);
}

/// <summary>A property that a resource type knows.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Shape">Whether it is a text, a list or a map.</param>
/// <param name="Required">Whether it must be given.</param>
/// <param name="Help">One sentence with units, default and bounds.</param>
/// <param name="InPlace">Whether a change takes effect without a restart of the resource.</param>
public sealed record PropertyRule(string Name, PropertyShape Shape, bool Required, string Help, bool InPlace = false);

/// <summary>The shape of a property's value.</summary>
public enum PropertyShape
{
    /// <summary>One text.</summary>
    Text,

    /// <summary>A list of texts; one text is taken as a command line and split at spaces.</summary>
    List,

    /// <summary>A list of texts with spaces in them; one text is a list of one.</summary>
    Phrases,

    /// <summary>A map of texts.</summary>
    Map,
}

/// <summary>One thing wrong with a declaration.</summary>
/// <param name="Path">Where: <c>roles.orders.resources.data.device</c>.</param>
/// <param name="Message">What is wrong and what to do, one sentence.</param>
public sealed record SpecProblem(string Path, string Message);

/// <summary>What a check on a node may use.</summary>
/// <param name="Node">This node.</param>
/// <param name="HeldHere">What the leash holds here, so that an address or mount of our own is not taken for a stranger's.</param>
/// <param name="Peers">The other nodes.</param>
/// <param name="Present">The role as the cluster has it now, so that an address that its present owner holds is not taken for a stranger's; null when it is new.</param>
public sealed record NodeCheckContext(NodeName Node, IReadOnlyList<HeldUnit> HeldHere, IPeers Peers, RoleSpec? Present = null);

/// <summary>Questions to the other nodes that are up; those that do not answer within a short limit are left out, the dead are never waited for.</summary>
public interface IPeers
{
    /// <summary>Asks which other node has a file system with this UUID mounted; null when none says so.</summary>
    Task<(NodeName Node, string Target)?> WhoMountsAsync(string fileSystemUuid, CancellationToken cancellationToken);
}

/// <summary>What a resource of one placement works with.</summary>
public sealed record ResourceContext
{
    /// <summary>Gets the role.</summary>
    public required RoleSpec Role { get; init; }

    /// <summary>Gets the resource.</summary>
    public required ResourceSpec Resource { get; init; }

    /// <summary>Gets this node.</summary>
    public required NodeName Node { get; init; }

    /// <summary>Gets on whose behalf it acts.</summary>
    public required Warrant Warrant { get; init; }

    /// <summary>Gets the leash; every effect goes through it.</summary>
    public required ILeash Leash { get; init; }

    /// <summary>Gets the other nodes.</summary>
    public required IPeers Peers { get; init; }

    /// <summary>Gets where jobs are run; null where there are none, as in a simulation.</summary>
    public Jobs.IJobDesk? Jobs { get; init; }

    /// <summary>Gets whether another node has just been seen to take the role offline for this one to take it up.</summary>
    public bool HandedOver { get; init; }

    /// <summary>Gets the folder for logs of role processes.</summary>
    public required string LogDirectory { get; init; }

    /// <summary>Gets the folder of this boot, with the agent's socket.</summary>
    public string RunDirectory { get; init; } = "/run/holdfast";

    /// <summary>Gets the time.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Gets the logger.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Gets the unit's name at the leash.</summary>
    public string Unit => $"{Role.Name}/{Resource.Name}";
}

/// <summary>
/// One resource of one placement. The role runner calls one method at a time. It keeps nothing of what it did that another of the
/// same placement would need: after a change in place the runner goes on with a new one.
/// </summary>
public interface IResource
{
    /// <summary>
    /// Makes the effect: the process runs, the address is there, the file system is mounted. Probes are the runner's.
    /// When <paramref name="held"/> is given, the leash already holds this unit (the agent was restarted): adopt it if its tag is this resource's, else stop it first.
    /// </summary>
    /// <exception cref="HoldfastException">It cannot be brought online here; code <c>resource.*</c>.</exception>
    Task OnlineAsync(HeldUnit? held, CancellationToken cancellationToken);

    /// <summary>Waits, once <see cref="OnlineAsync"/> is done, until it does its work by the type's own sign; the runner's probes come after. A main process that ends meanwhile is noticed.</summary>
    Task UntilReadyAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Ends the effect; returns when that is verified. Idempotent, also when it was never online.</summary>
    Task OfflineAsync(CancellationToken cancellationToken);

    /// <summary>The type's own check while online (a script's <c>check</c>, an address still there); null when well, else what is wrong.</summary>
    Task<string?> CheckAsync(CancellationToken cancellationToken);

    /// <summary>Gets the main process whose end the leash tells of, once online; 0 when there is none.</summary>
    int ProcessId => 0;

    /// <summary>Gets how often <see cref="CheckAsync"/> wants to be called; null for never.</summary>
    TimeSpan? CheckInterval { get; }
}
