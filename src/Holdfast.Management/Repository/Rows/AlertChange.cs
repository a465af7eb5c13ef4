namespace Holdfast.Management.Repository.Rows;

/// <summary>One step in an alert's life.</summary>
/// <param name="State">What it became.</param>
/// <param name="Who">Who did it; null when the rule did.</param>
/// <param name="Note">The sentence of then, or somebody's comment.</param>
public sealed record AlertChange(DateTimeOffset At, string State, string? Who, string? Note);
