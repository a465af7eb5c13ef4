namespace Holdfast.Agent.Jobs.Protocol;

/// <summary>The answer to a claim, or to a checkpoint with a number: one line on the worker's standard input. It may come more than once.</summary>
/// <param name="Snapshot">What was claimed; null when a checkpoint is answered.</param>
/// <param name="Granted">Whether it may go on. If not, another attempt is at the run: this one must write nothing more and end.</param>
/// <param name="Reason">Why not.</param>
/// <param name="Checkpoint">The checkpoint that is answered, and with it all before it: the next attempt goes on from there.</param>
/// <param name="Assignment">What the worker is to do, said again by an agent that found it at work: whoever had not read the first line when the agent before ended never will. To all others it says nothing.</param>
public sealed record WorkerAnswer(string? Snapshot, bool Granted, string? Reason = null, int? Checkpoint = null, WorkerAssignment? Assignment = null);
