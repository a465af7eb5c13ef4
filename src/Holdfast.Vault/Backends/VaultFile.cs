namespace Holdfast.Vault.Backends;

/// <summary>The kinds of files in a vault (design.rst of restic, "Repository Layout").</summary>
public enum VaultFileKind
{
    /// <summary><c>config</c>: there is one, without a name.</summary>
    Config,

    /// <summary><c>keys/</c>.</summary>
    Key,

    /// <summary><c>locks/</c>.</summary>
    Lock,

    /// <summary><c>snapshots/</c>.</summary>
    Snapshot,

    /// <summary><c>index/</c>.</summary>
    Index,

    /// <summary><c>data/</c>: packs.</summary>
    Pack,
}

/// <summary>A file of a vault.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name, 64 lower-case hexadecimal digits: the SHA-256 of its content; empty for the config.</param>
public readonly record struct VaultFile(VaultFileKind Kind, string Name)
{
    /// <summary>The one config.</summary>
    public static VaultFile Config { get; } = new(VaultFileKind.Config, "");

    /// <summary>As errors name it: <c>snapshots/1a2b…</c>.</summary>
    public override string ToString() => Kind switch
    {
        VaultFileKind.Config => "config",
        VaultFileKind.Key => "keys/" + Name,
        VaultFileKind.Lock => "locks/" + Name,
        VaultFileKind.Snapshot => "snapshots/" + Name,
        VaultFileKind.Index => "index/" + Name,
        _ => "data/" + Name,
    };
}

/// <summary>A file as a listing shows it.</summary>
/// <param name="File">Which.</param>
/// <param name="Length">Its length in bytes.</param>
public readonly record struct VaultFileEntry(VaultFile File, long Length);
