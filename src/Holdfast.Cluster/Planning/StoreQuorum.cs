using Holdfast.Cluster.Leases;
using Holdfast.Cluster.Naming;
using Holdfast.Cluster.Nodes;

namespace Holdfast.Cluster.Planning;

/// <summary>The votes of the store: without a majority of them nothing can be committed, so nobody renews a lease and nothing moves.</summary>
/// <param name="Voters">How many nodes vote; none when the store is not on the nodes (a database of its own): then no loss of a node stops it.</param>
/// <param name="Left">How many of them are up.</param>
public readonly record struct StoreQuorum(int Voters, int Left)
{
    /// <summary>Gets whether there is a majority.</summary>
    public bool Holds => IsElsewhere || Left > Voters / 2;

    /// <summary>Gets whether the store is not on the nodes.</summary>
    public bool IsElsewhere => Voters == 0;

    /// <summary>Gets whether there is a majority that the loss of one more voter would end.</summary>
    public bool IsBarely => !IsElsewhere && Holds && Spare == 0;

    /// <summary>Gets how many more voters may be lost before there is none.</summary>
    public int Spare => Math.Max(0, Left - (Voters / 2) - 1);

    /// <summary>The votes of a view, without those of some nodes. A node without a lease may still vote; it is not counted on.</summary>
    public static StoreQuorum Of(ClusterView view, params IReadOnlyCollection<NodeName> lost)
    {
        var voters = view.Nodes.Values.Select(node => node.Value).Where(node => node is { Voter: true, Intent: not NodeIntent.Evicted }).ToList();
        return new(voters.Count, voters.Count(node => !lost.Contains(node.Name) && view.Leases.TryGetValue(node.Name, out var lease) && lease.Value.State != LeaseState.Ended));
    }

    /// <summary>One sentence.</summary>
    public override string ToString() => IsElsewhere ? "The store is a database of its own: it goes on whichever nodes are lost."
        : Holds ? $"{Left} of {SpokenTime.Count(Voters, "voter")} {(Left == 1 ? "is" : "are")} left: the store goes on, and {(Spare == 0 ? "may lose none of them" : $"may lose {Spare} more")}."
        : $"{Left} of {SpokenTime.Count(Voters, "voter")} {(Left == 1 ? "is" : "are")} left, which is no majority: the store stops, and every node ends its roles with its lease.";
}
