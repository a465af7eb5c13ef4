using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Cluster.Jobs;

/// <summary>One worker's try at a run. Whoever speaks for another attempt than the ledger's is too late.</summary>
/// <param name="Epoch">The epoch of the job's role that it works at.</param>
/// <param name="Number">Which try of the run it is, from 1.</param>
/// <param name="Node">Where.</param>
/// <param name="Nonce">Tells this attempt from any other, also when nobody knows whether its first commit was made.</param>
public sealed record RunAttempt(Epoch Epoch, int Number, NodeName Node, string Nonce);
