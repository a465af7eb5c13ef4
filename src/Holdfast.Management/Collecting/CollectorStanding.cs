namespace Holdfast.Management.Collecting;

/// <summary>How far the journal of a node is collected.</summary>
/// <param name="Position">Up to where; null when nothing was yet.</param>
/// <param name="Behind">How many entries it had beyond that, when it was asked last.</param>
/// <param name="At">When that was.</param>
/// <param name="Trouble">Why it cannot be asked or written now; null when it can.</param>
public sealed record CollectorStanding(string? Position, long? Behind, DateTimeOffset? At, string? Trouble);
