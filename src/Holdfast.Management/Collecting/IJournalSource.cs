using Holdfast.Agent.Api;

namespace Holdfast.Management.Collecting;

/// <summary>The journals of the cluster's nodes.</summary>
public interface IJournalSource
{
    /// <summary>Names the nodes that have a journal.</summary>
    /// <exception cref="HoldfastException">They cannot be asked for now.</exception>
    Task<IReadOnlyList<string>> ListNodesAsync(CancellationToken cancellationToken);

    /// <summary>Reads what a node recorded after a position; all that it still has when that is null, or of another journal.</summary>
    /// <exception cref="HoldfastException">The node cannot be asked now.</exception>
    Task<JournalPage> ReadAsync(string node, JournalPosition? after, int limit, CancellationToken cancellationToken);
}
