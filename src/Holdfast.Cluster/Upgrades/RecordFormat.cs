namespace Holdfast.Cluster.Upgrades;

/// <summary>
/// The shape of the records in the store, as one number for all of them. The cluster's own is in its settings and is raised only when every
/// node runs a build that reads the new shape; until then a newer build writes the older one (ADR 36).
/// </summary>
public static class RecordFormat
{
    /// <summary>The first; that of settings that name none.</summary>
    public const int First = 1;

    /// <summary>The newest that this build reads and writes. It also reads every older one.</summary>
#if HOLDFAST_NEXT_FORMAT // A build of the tests: the one after this.
    public const int Newest = 2;
#else
    public const int Newest = 1;
#endif

    /// <summary>Refuses what nodes that read no more than the cluster's format could not read.</summary>
    /// <param name="record">What is to be written.</param>
    /// <param name="format">The cluster's format.</param>
    /// <param name="subject">What it is, as the start of a sentence, such as <c>Role orders</c>.</param>
    /// <exception cref="HoldfastException">Code <c>format.not-yet</c>.</exception>
    public static void Require(object record, int format, string subject)
    {
        if (SinceFormatAttribute.UsedBy(record) is not { } used || used.Format <= format) return;
        throw new HoldfastException(ErrorKind.Conflict, "format.not-yet",
            $"{subject} uses '{used.Key}', which older builds cannot read: it needs record format {used.Format}, and the cluster's is {format}. Nothing was changed.",
            "Bring every node to this build with 'holdfast cluster upgrade', then 'holdfast cluster upgrade --finish'.");
    }
}
