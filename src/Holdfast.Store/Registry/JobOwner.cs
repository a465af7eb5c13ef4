using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Roles;

namespace Holdfast.Store.Registry;

/// <summary>Who acts for a job: a change that carries this is committed only while the job's placement says the same.</summary>
public sealed record JobOwner(NodeName Node, long Incarnation, Epoch Epoch);
