namespace Holdfast.Management.Repository.Rows;

/// <summary>A change that somebody made.</summary>
/// <param name="Node">The node that was asked.</param>
public sealed record AuditRow(long Id, DateTimeOffset At, string Who, string From, string Node, string What, string? Outcome);
