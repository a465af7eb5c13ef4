namespace Holdfast.Management.Repository.Rows;

/// <summary>A time during which a node owned a role.</summary>
/// <param name="From">When it was online there for the first time at this epoch.</param>
/// <param name="To">When that was over; null while it is not.</param>
/// <param name="Because">Why the owner changed: nodeLost, plannedMove, …; null when that was not recorded.</param>
/// <param name="OutageSeconds">How long the role was away before; null when it was not running before, or nobody could say.</param>
public sealed record PlacementRow(string Role, string Node, string Epoch, DateTimeOffset From, DateTimeOffset? To, string? Because, double? OutageSeconds);
