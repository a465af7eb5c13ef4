namespace Holdfast.Demo.Faults;

/// <summary>The kinds of cluster that faults are made on; faults of one kind share a cluster.</summary>
internal enum ClusterShape
{
    /// <summary>Three members.</summary>
    ThreeMembers,

    /// <summary>Two members and a witness.</summary>
    TwoMembersAndWitness,

    /// <summary>Five members, of which three vote.</summary>
    FiveMembers,

    /// <summary>Three members whose wall clocks can be set each by itself.</summary>
    OwnWallClocks,
}
