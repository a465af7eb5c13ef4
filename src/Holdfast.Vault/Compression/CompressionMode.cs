namespace Holdfast.Vault.Compression;

/// <summary>How hard new blobs are compressed. Old ones stay as they are, and any reader reads all.</summary>
public enum CompressionMode
{
    /// <summary>As small as restic's default, with as little processor time as that takes. The default.</summary>
    Auto,

    /// <summary>Data is stored as it is; trees and everything but packs are compressed all the same.</summary>
    Off,

    /// <summary>Smaller and many times slower.</summary>
    Max,
}
