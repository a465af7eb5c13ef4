namespace Holdfast.Vault.Trees;

/// <summary>The types as trees spell them.</summary>
public static class NodeTypes
{
    /// <summary>As trees and restic's output spell it; empty when unknown.</summary>
    public static string ToText(this NodeType type) => type switch
    {
        NodeType.File => "file",
        NodeType.Directory => "dir",
        NodeType.SymbolicLink => "symlink",
        NodeType.BlockDevice => "dev",
        NodeType.CharacterDevice => "chardev",
        NodeType.Fifo => "fifo",
        NodeType.Socket => "socket",
        _ => "",
    };

    internal static NodeType Parse(ReadOnlySpan<byte> text) =>
        text.SequenceEqual("file"u8) ? NodeType.File
        : text.SequenceEqual("dir"u8) ? NodeType.Directory
        : text.SequenceEqual("symlink"u8) ? NodeType.SymbolicLink
        : text.SequenceEqual("dev"u8) ? NodeType.BlockDevice
        : text.SequenceEqual("chardev"u8) ? NodeType.CharacterDevice
        : text.SequenceEqual("fifo"u8) ? NodeType.Fifo
        : text.SequenceEqual("socket"u8) ? NodeType.Socket
        : NodeType.Unknown;
}
