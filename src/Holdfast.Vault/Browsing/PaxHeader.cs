using System.Globalization;
using System.Text;
using Holdfast.Vault.Trees;

namespace Holdfast.Vault.Browsing;

/// <summary>What stands before an entry of a tar archive: a block of 512 bytes, and before that a PAX header for what the block cannot hold. Pure.</summary>
/// <remarks>Extended attributes and access control lists are star's <c>SCHILY.xattr.*</c> and <c>SCHILY.acl.*</c>, which GNU tar and libarchive read. Names and values are bytes, as in a tree; .NET's own archives take text only.</remarks>
internal static class PaxHeader
{
    /// <summary>Headers and contents fill blocks of this many bytes.</summary>
    public const int BlockBytes = 512;

    private const string AccessList = "system.posix_acl_access";
    private const string DefaultList = "system.posix_acl_default";
    private const char ExtendedHeader = 'x';
    private const long MaxShortNumber = (1L << 21) - 1; // Seven octal digits.
    private const long MaxLongNumber = (1L << 33) - 1; // Eleven.

    /// <summary>The bytes; null for what has no meaning in an archive (a socket), or none that is known.</summary>
    /// <param name="name">Its path in the archive.</param>
    /// <param name="node">What it is.</param>
    /// <param name="length">How many bytes of content follow.</param>
    public static byte[]? Of(string name, Node node, long length)
    {
        if (TypeOf(node.Type) is not { } type) return null;
        var path = ByteText.Encode(node.Type == NodeType.Directory ? name + "/" : name);
        var target = node.Type == NodeType.SymbolicLink ? ByteText.Encode(node.LinkTarget) : [];
        using var header = new MemoryStream();
        var records = Records(path, target, node, length);
        if (records.Length > 0)
        {
            header.Write(Block(ExtendedHeader, [.. "PaxHeaders/"u8, .. path], [], new() { Name = name, Type = NodeType.File, Mode = 0x1A4, ModifiedAt = node.ModifiedAt }, records.Length));
            header.Write(records);
            header.Write(new byte[Padding(records.Length)]);
        }

        header.Write(Block(type, path, target, node, length));
        return header.ToArray();
    }

    /// <summary>How many bytes fill the last block.</summary>
    public static int Padding(long length) => (int)(-length & (BlockBytes - 1));

    private static char? TypeOf(NodeType type) => type switch
    {
        NodeType.File => '0',
        NodeType.SymbolicLink => '2',
        NodeType.CharacterDevice => '3',
        NodeType.BlockDevice => '4',
        NodeType.Directory => '5',
        NodeType.Fifo => '6',
        _ => null,
    };

    private static byte[] Records(byte[] path, byte[] target, Node node, long length)
    {
        using var records = new MemoryStream();
        if (!FitsBlock(path, 100)) Add("path", path);
        if (!FitsBlock(target, 100)) Add("linkpath", target);
        if (length > MaxLongNumber) AddNumber("size", length);
        if (node.Uid > MaxShortNumber) AddNumber("uid", node.Uid);
        if (node.Gid > MaxShortNumber) AddNumber("gid", node.Gid);
        if (!FitsBlock(Encoding.UTF8.GetBytes(node.User), 32)) Add("uname", Encoding.UTF8.GetBytes(node.User));
        if (!FitsBlock(Encoding.UTF8.GetBytes(node.Group), 32)) Add("gname", Encoding.UTF8.GetBytes(node.Group));
        if (node.ModifiedAt.Nanoseconds != 0 || node.ModifiedAt.Seconds is < 0 or > MaxLongNumber) Add("mtime", Encoding.ASCII.GetBytes(TimeText(node.ModifiedAt)));
        foreach (var attribute in node.ExtendedAttributes)
        {
            // Tar sets a list through the system's own words for it, and leaves the attribute alone.
            if (attribute.Name is AccessList or DefaultList && AccessListText.Of(attribute.Value) is { } list) Add(attribute.Name == AccessList ? "SCHILY.acl.access" : "SCHILY.acl.default", Encoding.ASCII.GetBytes(list));
            else Add("SCHILY.xattr." + attribute.Name.Replace("%", "%25", StringComparison.Ordinal).Replace("=", "%3D", StringComparison.Ordinal), attribute.Value);
        }

        return records.ToArray();

        void AddNumber(string key, long value) => Add(key, Encoding.ASCII.GetBytes(value.ToString(CultureInfo.InvariantCulture)));

        // "LENGTH KEY=VALUE\n", where the length counts its own digits.
        void Add(string key, ReadOnlySpan<byte> value)
        {
            var name = ByteText.Encode(key);
            var rest = name.Length + value.Length + 3;
            var all = rest + Digits(rest);
            all = rest + Digits(all);
            records.Write(Encoding.ASCII.GetBytes(all.ToString(CultureInfo.InvariantCulture) + " "));
            records.Write(name);
            records.WriteByte((byte)'=');
            records.Write(value);
            records.WriteByte((byte)'\n');
        }
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static bool FitsBlock(ReadOnlySpan<byte> text, int bytes) => text.Length <= bytes && Ascii.IsValid(text);

    // Before 1970 the seconds are rounded down and the fraction counts up; as a decimal number both go down.
    private static string TimeText(NodeTime time) =>
        (time.Seconds + (time.Nanoseconds / 1_000_000_000m)).ToString("0.#########", CultureInfo.InvariantCulture);

    private static byte[] Block(char type, ReadOnlySpan<byte> path, ReadOnlySpan<byte> target, Node node, long length)
    {
        var block = new byte[BlockBytes];
        Text(path, 0, 100);
        Octal(NodeMode.ToLinux(node.Mode), 100, 8);
        Octal(node.Uid, 108, 8);
        Octal(node.Gid, 116, 8);
        Octal(length, 124, 12);
        Octal(node.ModifiedAt.Seconds, 136, 12);
        block[156] = (byte)type;
        Text(target, 157, 100);
        "ustar\0"u8.CopyTo(block.AsSpan(257));
        "00"u8.CopyTo(block.AsSpan(263));
        Text(Encoding.UTF8.GetBytes(node.User), 265, 32);
        Text(Encoding.UTF8.GetBytes(node.Group), 297, 32);
        // Linux's makedev: twelve bits of major and twenty of minor, interleaved.
        Octal((long)((node.Device >> 8) & 0xFFF), 329, 8);
        Octal((long)((node.Device & 0xFF) | ((node.Device >> 12) & 0xFFF00)), 337, 8);
        block.AsSpan(148, 8).Fill((byte)' ');
        var sum = 0;
        foreach (var value in block) sum += value;
        Octal(sum, 148, 7);
        return block;

        void Text(ReadOnlySpan<byte> text, int at, int bytes) => text[..Math.Min(text.Length, bytes)].CopyTo(block.AsSpan(at));

        // What is too large is in the PAX header.
        void Octal(long value, int at, int bytes) =>
            Encoding.ASCII.GetBytes(Convert.ToString(value < 0 || value >= 1L << (3 * (bytes - 1)) ? 0 : value, 8).PadLeft(bytes - 1, '0')).CopyTo(block, at);
    }
}
