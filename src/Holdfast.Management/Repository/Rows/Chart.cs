namespace Holdfast.Management.Repository.Rows;

/// <summary>What is drawn over time.</summary>
public enum Chart
{
    /// <summary>Bytes a second of each backup job.</summary>
    Throughput,

    /// <summary>Of each backup job: bytes that were protected for each byte that was stored.</summary>
    Deduplication,

    /// <summary>Seconds for which each role was away.</summary>
    Outages,

    /// <summary>Seconds since the last good copy of each protected thing.</summary>
    Rpo,
}
