namespace Holdfast.Cluster.Nodes;

/// <summary>One look at a node.</summary>
/// <param name="DiskFree">Bytes free on the disk that holds the state.</param>
/// <param name="DiskSize">Its size in bytes.</param>
/// <param name="MemoryFree">Bytes of memory that can be had without swapping.</param>
/// <param name="MemorySize">Bytes of memory.</param>
/// <param name="StoreTook">How long the last renewal of the lease took; null when there was none lately.</param>
public sealed record HealthSample(long DiskFree, long DiskSize, long MemoryFree, long MemorySize, TimeSpan? StoreTook);

/// <summary>How little is too little.</summary>
public sealed record HealthLimits
{
    /// <summary>Gets the part of the disk that must be free; only below <see cref="DiskAlwaysEnough"/>. The default is 5 %.</summary>
    public double Disk { get; init; } = 0.05;

    /// <summary>Gets how much free disk is enough however large the disk is. The default is 1 GiB.</summary>
    public long DiskAlwaysEnough { get; init; } = 1L << 30;

    /// <summary>Gets the part of the memory that must be free; only below <see cref="MemoryAlwaysEnough"/>. The default is 4 %.</summary>
    public double Memory { get; init; } = 0.04;

    /// <summary>Gets how much free memory is enough however much there is. The default is 256 MiB.</summary>
    public long MemoryAlwaysEnough { get; init; } = 256L << 20;

    /// <summary>Gets how long a renewal may take: half a lease, for then one that fails can hardly be followed by another.</summary>
    public required TimeSpan Store { get; init; }

    /// <summary>Gets how many looks in a row must find a problem before it is one. The default is 4.</summary>
    public int LooksUntilUnwell { get; init; } = 4;

    /// <summary>Gets how many looks in a row must find nothing, by a wider margin, before it is none any more. The default is 8.</summary>
    public int LooksUntilWell { get; init; } = 8;
}
