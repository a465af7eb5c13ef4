namespace Holdfast.Vault.Checking;

/// <summary>What a check found.</summary>
/// <param name="Problems">The errors first.</param>
/// <param name="Snapshots">How many snapshots were looked at.</param>
/// <param name="Packs">How many packs there are.</param>
/// <param name="PacksRead">How many were read whole.</param>
/// <param name="BytesRead">Their bytes.</param>
/// <param name="PacksTrusted">How many were not, since they were read not long ago.</param>
/// <param name="UnusedBlobs">How many blobs no snapshot needs; null when trees could not be read.</param>
/// <param name="UnusedBytes">What they take.</param>
public sealed record CheckReport(IReadOnlyList<VaultProblem> Problems, int Snapshots, int Packs, int PacksRead, long BytesRead, int PacksTrusted, long? UnusedBlobs, long? UnusedBytes)
{
    /// <summary>Gets whether there is no error; hints do not count.</summary>
    public bool IsSound => Problems.All(problem => problem.Kind == ProblemKind.Hint);
}
