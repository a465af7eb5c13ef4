using System.Collections.Concurrent;
using Holdfast.Agent.Api;
using Holdfast.Management.Approvals;

namespace Holdfast.Management.Tests.Approvals;

/// <summary>Approvals in memory. It can fail before or after it wrote, as a store does that is asked over a network.</summary>
internal sealed class MemoryApprovals : IApprovalStore
{
    private readonly ConcurrentDictionary<string, Approval> _all = new();

    public IReadOnlyList<Approval> All => [.. _all.Values];

    public List<string> Audit { get; } = [];

    /// <summary>What the next changes meet: false fails before it is written, true after.</summary>
    public Queue<bool> Failures { get; } = new();

    public Task ChangeAsync(string id, Func<Approval?, Approval?> change, DocumentAudit? audit, CancellationToken cancellationToken)
    {
        lock (Audit)
        {
            var fails = Failures.TryDequeue(out var written);
            if (fails && !written) throw Away();
            var next = change(_all.GetValueOrDefault(id));
            if (next is null) _all.TryRemove(id, out _);
            else _all[id] = next;
            if (audit is not null) Audit.Add($"{audit.Who} {audit.What}");
            return fails ? throw Away() : Task.CompletedTask;
        }
    }

    private static HoldfastException Away() => new(ErrorKind.Unavailable, "store.unavailable", "The store did not answer.");
}
