namespace Holdfast.Lab.Hosts;

/// <summary>The product's own processes on a host, as faults name them.</summary>
public enum ProductProcess
{
    /// <summary>The guard process.</summary>
    Leash,

    /// <summary>The agent that controls.</summary>
    Agent,

    /// <summary>The agent that waits to take its place.</summary>
    StandbyAgent,

    /// <summary>The node's etcd member.</summary>
    Etcd,
}
