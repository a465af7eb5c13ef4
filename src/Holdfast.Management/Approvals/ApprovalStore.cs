using Holdfast.Agent.Api;
using Holdfast.Management.Link;

namespace Holdfast.Management.Approvals;

/// <summary>Approvals as documents of the cluster's store, one each: what one of them was about may be large.</summary>
internal sealed class ApprovalStore(Documents documents) : IApprovalStore
{
    /// <inheritdoc/>
    public IReadOnlyList<Approval> All => [.. documents.NamesOf(Approval.Prefix).Select(name => documents.Find(name, ApprovalJson.Default.Approval)).OfType<Approval>()];

    /// <inheritdoc/>
    public Task ChangeAsync(string id, Func<Approval?, Approval?> change, DocumentAudit? audit, CancellationToken cancellationToken) =>
        documents.ChangeAsync(Approval.Prefix + id, ApprovalJson.Default.Approval, change, audit, cancellationToken);
}
