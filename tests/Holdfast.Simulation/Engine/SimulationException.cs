namespace Holdfast.Simulation.Engine;

/// <summary>A simulation that did not go as it must: an invariant broke, or something that had to happen did not.</summary>
public sealed class SimulationException(string message, Exception? inner = null) : Exception(message, inner);
