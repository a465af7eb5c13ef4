namespace Holdfast.Agent.Jobs.Protocol;

/// <summary>The answer to a claim: one line on the worker's standard input.</summary>
/// <param name="Snapshot">What was claimed.</param>
/// <param name="Granted">Whether it may be written. If not, another attempt is at the run: this one must write nothing more and end.</param>
/// <param name="Reason">Why not.</param>
public sealed record WorkerAnswer(string Snapshot, bool Granted, string? Reason = null);
