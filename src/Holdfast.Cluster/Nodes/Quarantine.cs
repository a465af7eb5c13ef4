namespace Holdfast.Cluster.Nodes;

/// <summary>A time in which a node that was lost too often is given roles only when no other node can take them. It ends by itself.</summary>
/// <param name="Since">When it began: wall clock of the node that decided; for this only, never for safety.</param>
/// <param name="Until">When it ends.</param>
/// <param name="Reason">Why, as the end of a sentence that starts with the node.</param>
public sealed record Quarantine(DateTimeOffset Since, DateTimeOffset Until, string Reason);
