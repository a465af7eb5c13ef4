namespace Holdfast.Cluster.Jobs;

/// <summary>What a ledger says to a change.</summary>
public abstract record LedgerVerdict
{
    private LedgerVerdict()
    {
    }

    /// <summary>It shall become this.</summary>
    public sealed record Changed(JobLedger Next) : LedgerVerdict;

    /// <summary>It says so already: the change was made before and is not made twice.</summary>
    public sealed record Already : LedgerVerdict;

    /// <summary>It must not be.</summary>
    /// <param name="Reason">Why, one sentence.</param>
    public sealed record Refused(string Reason) : LedgerVerdict;
}
