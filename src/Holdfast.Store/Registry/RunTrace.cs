namespace Holdfast.Store.Registry;

/// <summary>In which trace a run of a job is: key <c>traces/{job}</c>, only where somebody looks on. Nothing depends on it, and of several runs that were asked for the last is remembered.</summary>
/// <param name="Run">The run.</param>
/// <param name="Parent">The span that it follows from, as W3C Trace Context writes it.</param>
public sealed record RunTrace(string Run, string Parent);
