namespace Holdfast.Reliability.Tests.Campaigns;

/// <summary>How long an undisturbed run took: until its lock was there, when it begins to change things, and until its end.</summary>
internal sealed record Span(TimeSpan UntilLock, TimeSpan Total);
