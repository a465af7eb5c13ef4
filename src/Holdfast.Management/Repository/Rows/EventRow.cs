namespace Holdfast.Management.Repository.Rows;

/// <summary>Something that a node saw or did.</summary>
/// <param name="Id">Grows in the order in which events were collected, so that a stream goes on after the last one that it sent.</param>
/// <param name="At">Wall clock of the node.</param>
/// <param name="Because">The rule that led to it, if a decision did.</param>
public sealed record EventRow(long Id, DateTimeOffset At, string Node, string Kind, string? Role, string? Resource, string? Epoch, string Message, string? Because);
