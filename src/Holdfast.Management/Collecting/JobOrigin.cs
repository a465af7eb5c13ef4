namespace Holdfast.Management.Collecting;

/// <summary>Where a job comes from.</summary>
/// <param name="Policy">The policy that it was made from.</param>
/// <param name="Thing">The protected thing that it is for; null when for several.</param>
public sealed record JobOrigin(string Policy, string? Thing);
