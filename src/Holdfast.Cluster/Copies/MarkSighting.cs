namespace Holdfast.Cluster.Copies;

/// <summary>How far somebody else has seen a voter's copy of the store come.</summary>
/// <param name="Mark">The last mark of it that they saw; 0 when none.</param>
/// <param name="Quorate">Whether the store answers them while that voter does not take part: then nobody has seen a later one.</param>
public readonly record struct MarkSighting(long Mark, bool Quorate);
