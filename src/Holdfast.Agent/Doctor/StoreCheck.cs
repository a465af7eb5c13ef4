using Holdfast.Agent.Api;
using Holdfast.Agent.Hosting;
using Holdfast.Cluster;
using Holdfast.Cluster.Planning;
using Holdfast.Store.Etcd;

namespace Holdfast.Agent.Doctor;

/// <summary>Whether the store can lose a voter, and what its member here complains of.</summary>
internal sealed class StoreCheck : ICheck
{
    private const string Name = "store";

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Finding>> LookAsync(CheckContext context, CancellationToken cancellationToken)
    {
        var runtime = context.Runtime;
        if (runtime.Identity.Store == StoreKind.Embedded) return [context.Ok(Name, "The store is a file of this node.")];
        List<Finding> findings = [];
        if (runtime.Feed.Trouble is { } trouble) findings.Add(context.Problem(Name, $"The store cannot be followed: {trouble}", runtime.EtcdOptions is null ? "Bring back the database, or the way to it." : "Bring back a node or the witness: a majority of the voters has to be up."));
        else if (runtime.Feed.Current is { } state) findings.Add(OfQuorum(context, StoreQuorum.Of(state.View)));
        if (!runtime.Identity.Voter || runtime.EtcdOptions is not { } options) return findings;
        using var etcd = new EtcdCluster(options);
        try
        {
            var status = await etcd.StatusAsync(options.Endpoints[0], cancellationToken);
            findings.Add(status.Errors.IsEmpty ? context.Ok(Name, $"The member of etcd here ({status.Version}) uses {status.DatabaseBytesInUse >> 10} KiB.")
                : context.Problem(Name, $"The member of etcd here complains: {string.Join(", ", status.Errors)}.", $"See {context.StateDirectory}/log/etcd.log."));
        }
        catch (HoldfastException exception)
        {
            findings.Add(context.Problem(Name, $"The member of etcd here does not answer: {exception.Message}", $"See {context.StateDirectory}/log/etcd.log; the agent starts it again when it ends."));
        }

        return findings;
    }

    private static Finding OfQuorum(CheckContext context, StoreQuorum quorum) => quorum switch
    {
        { Holds: false } => context.Problem(Name, quorum.ToString(), "Bring back a node or the witness."),
        { Voters: 1 } => context.Warning(Name, "One node votes: the loss of it stops the cluster.", "Join two more nodes, or a node and a witness."),
        { IsBarely: true } => context.Warning(Name, quorum.ToString(), "Bring back the nodes that are down, or join another node or a witness."),
        _ => context.Ok(Name, quorum.ToString()),
    };
}
