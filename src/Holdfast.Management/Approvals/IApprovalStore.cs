using Holdfast.Agent.Api;

namespace Holdfast.Management.Approvals;

/// <summary>Where approvals are kept.</summary>
internal interface IApprovalStore
{
    /// <summary>Gets all of them.</summary>
    IReadOnlyList<Approval> All { get; }

    /// <summary>Changes one, by compare-and-swap at the epoch of this owner.</summary>
    /// <param name="id">Which.</param>
    /// <param name="change">Given what is there (null when nothing is), what shall be there; null removes it. May be asked again when somebody was faster.</param>
    /// <param name="audit">Who did what; null for what nobody did.</param>
    /// <exception cref="HoldfastException">Nothing was written, or nobody knows whether it was.</exception>
    Task ChangeAsync(string id, Func<Approval?, Approval?> change, DocumentAudit? audit, CancellationToken cancellationToken);
}
