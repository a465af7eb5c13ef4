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

    /// <summary>The limits of a node. A percentage that somebody set counts alone: whoever asks for a tenth of a large disk means it.</summary>
    /// <param name="lease">How long its lease lives: half of it is the most that a renewal may take, whatever is set.</param>
    public static HealthLimits Of(NodeSettings settings, TimeSpan lease)
    {
        var usual = new HealthLimits { Store = lease / 2 };
        return usual with
        {
            Disk = settings.DiskFreePercent / 100.0 ?? usual.Disk,
            DiskAlwaysEnough = settings.DiskFreePercent is null ? usual.DiskAlwaysEnough : long.MaxValue,
            Memory = settings.MemoryFreePercent / 100.0 ?? usual.Memory,
            MemoryAlwaysEnough = settings.MemoryFreePercent is null ? usual.MemoryAlwaysEnough : long.MaxValue,
            Store = settings.StoreMilliseconds is { } set && TimeSpan.FromMilliseconds(set) < usual.Store ? TimeSpan.FromMilliseconds(set) : usual.Store,
        };
    }
}
