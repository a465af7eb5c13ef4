namespace Holdfast.Vault.Blobs;

/// <summary>What a blob holds; the numbers are those of a pack's header.</summary>
public enum BlobKind : byte
{
    /// <summary>A piece of a file's content.</summary>
    Data = 0,

    /// <summary>A directory: its nodes as JSON.</summary>
    Tree = 1,
}
