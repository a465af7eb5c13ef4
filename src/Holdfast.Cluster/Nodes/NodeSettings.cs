namespace Holdfast.Cluster.Nodes;

/// <summary>What an administrator set a node to, in its record. What is null is as of a node that nobody set anything of.</summary>
public sealed record NodeSettings
{
    /// <summary>Gets that nothing is set.</summary>
    public static NodeSettings None { get; } = new();

    /// <summary>Gets what people shall know of it: where it stands, what it is for. One line of at most 200 characters.</summary>
    public string? Description { get; init; }

    /// <summary>Gets how many jobs may have a run at work on it at once; 1 to 100. The default is any number.</summary>
    public int? Jobs { get; init; }

    /// <summary>
    /// Gets how many bytes a second each run on it may send to its vault, and as many that it may read from it; 1 KiB to 1 TiB. The default is as many as it can. A run keeps what
    /// held when it began.
    /// </summary>
    public long? Bandwidth { get; init; }

    /// <summary>Gets the percentage of the disk of its state below which it is unwell; 1 to 50. The default is 5 and less than 1 GiB; a percentage that is set counts alone.</summary>
    public int? DiskFreePercent { get; init; }

    /// <summary>Gets the percentage of its memory below which it is unwell; 1 to 50. The default is 4 and less than 256 MiB; a percentage that is set counts alone.</summary>
    public int? MemoryFreePercent { get; init; }

    /// <summary>Gets how many milliseconds a renewal of its lease may take before it is unwell; 50 to half a lease, which is the default.</summary>
    public int? StoreMilliseconds { get; init; }
}
