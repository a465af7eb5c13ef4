namespace Holdfast.Protection.Proofs;

/// <summary>What a proof found.</summary>
/// <param name="Files">The files that were restored.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="VerifiedFiles">Those that were read back and are what the vault's hashes say.</param>
/// <param name="SourceSame">Those whose source is unchanged since, and has the same content.</param>
/// <param name="SourceChanged">Those whose source is gone or has changed, which proves nothing.</param>
/// <param name="SourceDiffers">Those whose source claims to be unchanged and has another content: one of the two is damaged.</param>
/// <param name="Failures">What could not be restored as it should be.</param>
public sealed record SnapshotEvidence(long Files, long Bytes, long VerifiedFiles, long SourceSame, long SourceChanged, long SourceDiffers, long Failures)
{
    /// <summary>Gets whether it is proof: something was restored, all of it was read back right, and no source says otherwise.</summary>
    public bool IsProven => Failures == 0 && SourceDiffers == 0 && VerifiedFiles == Files && Files > 0;
}
