using Holdfast.Cluster.Jobs;

namespace Holdfast.Store.Registry;

/// <summary>What became of a change of a job's ledger.</summary>
public abstract record JobOutcome
{
    private JobOutcome()
    {
    }

    /// <summary>The ledger says so now, or did before.</summary>
    public sealed record Recorded(JobLedger Ledger) : JobOutcome;

    /// <summary>It must not be: the run went on elsewhere, is over, or this node is not the owner at that epoch.</summary>
    public sealed record Refused(string Reason) : JobOutcome;

    /// <summary>The store did not say; ask again.</summary>
    public sealed record CouldNotAsk(string Reason) : JobOutcome;
}
