namespace Holdfast.Vault.Checking;

/// <summary>How far a check is.</summary>
/// <param name="Stage">What it does: <c>index</c>, <c>packs</c>, <c>trees</c>, <c>data</c>.</param>
/// <param name="Done">How much of it is done: bytes for data, otherwise files.</param>
/// <param name="Total">How much there is, or 0 when that is not known.</param>
public readonly record struct CheckProgress(string Stage, long Done, long Total);
