namespace Holdfast.Demo;

/// <summary>Where the etcd leader shall be when a fault strikes.</summary>
internal enum LeaderChoice
{
    /// <summary>Wherever it happens to be.</summary>
    Any,

    /// <summary>On the node that owns the roles.</summary>
    Lost,

    /// <summary>On another node.</summary>
    Elsewhere,
}

/// <summary>What the demo shall do.</summary>
internal sealed record DemoOptions
{
    /// <summary>Gets the faults, in the order in which they are made.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    /// <summary>Gets how often all of them are made.</summary>
    public required int Runs { get; init; }

    /// <summary>Gets whether standard output is one JSON object a line.</summary>
    public required bool Json { get; init; }

    /// <summary>Gets the document whose table of results is written anew; null for none.</summary>
    public required string? Table { get; init; }

    /// <summary>Gets whether the cluster is left up at the end.</summary>
    public required bool Keep { get; init; }

    /// <summary>Gets the timing profile of the cluster.</summary>
    public required string Profile { get; init; }

    /// <summary>Gets where the etcd leader shall be.</summary>
    public required LeaderChoice Leader { get; init; }

    /// <summary>Gets the folder of the checkout: <c>dist</c> and <c>samples</c> are in it.</summary>
    public required string Root { get; init; }
}
