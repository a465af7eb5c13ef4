namespace Holdfast.Vault.Packs;

/// <summary>Bounds of what a blob may be.</summary>
internal static class PackedBlobs
{
    /// <summary>No content is longer. restic's chunks are at most 8 MiB; a tree of this size would be a directory of some three million files.</summary>
    public const int MaxContentBytes = 1 << 30;
}
