namespace Holdfast.Vault.Trees;

/// <summary>A node's mode: the nine permission bits as Linux has them, the rest where Go's <c>os.FileMode</c> has it.</summary>
public static class NodeMode
{
    private const uint Permissions = 0x1FF;
    private const uint Directory = 1U << 31;
    private const uint SymbolicLink = 1U << 27;
    private const uint Device = 1U << 26;
    private const uint NamedPipe = 1U << 25;
    private const uint Socket = 1U << 24;
    private const uint SetUid = 1U << 23;
    private const uint SetGid = 1U << 22;
    private const uint CharacterDevice = 1U << 21;
    private const uint Sticky = 1U << 20;

    /// <summary>From Linux's <c>st_mode</c>.</summary>
    public static uint FromLinux(uint mode)
    {
        var bits = mode & Permissions;
        if ((mode & 0x800) != 0) bits |= SetUid;
        if ((mode & 0x400) != 0) bits |= SetGid;
        if ((mode & 0x200) != 0) bits |= Sticky;
        return bits | TypeOf(mode) switch
        {
            NodeType.Directory => Directory,
            NodeType.SymbolicLink => SymbolicLink,
            NodeType.BlockDevice => Device,
            NodeType.CharacterDevice => Device | CharacterDevice,
            NodeType.Fifo => NamedPipe,
            NodeType.Socket => Socket,
            _ => 0,
        };
    }

    /// <summary>The twelve bits that <c>chmod</c> takes.</summary>
    public static uint ToLinux(uint mode) =>
        (mode & Permissions) | ((mode & SetUid) != 0 ? 0x800u : 0) | ((mode & SetGid) != 0 ? 0x400u : 0) | ((mode & Sticky) != 0 ? 0x200u : 0);

    /// <summary>What <c>st_mode</c> says the thing is.</summary>
    public static NodeType TypeOf(uint linuxMode) => (linuxMode & 0xF000) switch
    {
        0x8000 => NodeType.File,
        0x4000 => NodeType.Directory,
        0xA000 => NodeType.SymbolicLink,
        0x6000 => NodeType.BlockDevice,
        0x2000 => NodeType.CharacterDevice,
        0x1000 => NodeType.Fifo,
        0xC000 => NodeType.Socket,
        _ => NodeType.Unknown,
    };
}
