namespace Holdfast.Management.Repository;

/// <summary>Whether the database answers.</summary>
/// <param name="IsUp">Whether it did when it was asked last.</param>
/// <param name="Reason">Why not, one sentence; null when it is up.</param>
/// <param name="Since">Since when this is so.</param>
/// <param name="Kind">sqlite or postgres.</param>
public sealed record RepositoryState(bool IsUp, string? Reason, DateTimeOffset Since, string Kind)
{
    /// <summary>Gets the word for it: ok or down.</summary>
    public string Word => IsUp ? "ok" : "down";
}
