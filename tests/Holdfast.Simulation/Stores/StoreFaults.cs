using Holdfast.Simulation.Engine;

namespace Holdfast.Simulation.Stores;

/// <summary>What can happen to one commit.</summary>
internal enum CommitFault
{
    None,

    /// <summary>The request is lost; the answer is unknown.</summary>
    LostRequest,

    /// <summary>It is committed; the answer is lost.</summary>
    LostAnswer,

    /// <summary>The answer is unknown at once, and the request arrives much later.</summary>
    LateRequest,

    /// <summary>Nothing is ever answered, not even that it is unknown: who waits for it hangs.</summary>
    Never,
}

/// <summary>How badly a node's connection to the store behaves.</summary>
internal sealed record StoreFaults
{
    public static StoreFaults None { get; } = new();

    /// <summary>Gets the longest that a message travels, one way, in milliseconds.</summary>
    public double Latency { get; init; } = 2;

    /// <summary>Gets how many of a hundred commits have each fault.</summary>
    public int LostRequests { get; init; }

    public int LostAnswers { get; init; }

    public int LateRequests { get; init; }

    /// <summary>Gets whether every commit arrives a second time.</summary>
    public bool Duplicates { get; init; }

    /// <summary>Gets how many of a hundred reads fail.</summary>
    public int FailedReads { get; init; }
}
