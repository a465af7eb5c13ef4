namespace Holdfast.Vault.Trees;

/// <summary>What a node of a tree is.</summary>
public enum NodeType : byte
{
    /// <summary>A type this program does not know; it is kept as it is and cannot be restored.</summary>
    Unknown,

    /// <summary><c>file</c></summary>
    File,

    /// <summary><c>dir</c></summary>
    Directory,

    /// <summary><c>symlink</c></summary>
    SymbolicLink,

    /// <summary><c>dev</c>: a block device.</summary>
    BlockDevice,

    /// <summary><c>chardev</c></summary>
    CharacterDevice,

    /// <summary><c>fifo</c></summary>
    Fifo,

    /// <summary><c>socket</c>: not restored.</summary>
    Socket,
}
