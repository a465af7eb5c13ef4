namespace Holdfast.Protection.Databases;

/// <summary>Evidence that a database could be restored: for the caller to store.</summary>
public sealed record DatabaseProof
{
    public required string Engine { get; init; }

    public required string Name { get; init; }

    public required string Id { get; init; }

    /// <summary>Gets the id of the base backup, the one that lasts.</summary>
    public required string Base { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>Gets how long the files took to lay down.</summary>
    public required TimeSpan RestoreTook { get; init; }

    /// <summary>Gets how long the server took to come to the target.</summary>
    public TimeSpan RecoveryTook { get; init; }

    /// <summary>Gets how long the checks took.</summary>
    public TimeSpan ChecksTook { get; init; }

    /// <summary>Gets how many bytes were restored.</summary>
    public long Bytes { get; init; }

    /// <summary>Gets how many files of log were replayed.</summary>
    public int Logs { get; init; }

    /// <summary>Gets how far the server came.</summary>
    public string ReachedPoint { get; init; } = "";

    public IReadOnlyList<DatabaseCheck> Checks { get; init; } = [];

    /// <summary>Gets what went wrong before anything could be checked; null when nothing did.</summary>
    public string? Failure { get; init; }

    /// <summary>Gets whether it is proof: the server started, came to its target, and every check was good.</summary>
    public bool IsProven => Failure is null && Checks.Count > 0 && Checks.All(check => check.IsGood);
}
