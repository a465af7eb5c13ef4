using System.Buffers.Binary;
using System.Globalization;

namespace Holdfast.Vault.Browsing;

/// <summary>A POSIX access control list as text (<c>user::rw-,user:1001:r--,…</c>), from the bytes that Linux keeps as an extended attribute. Pure.</summary>
internal static class AccessListText
{
    private const int Version = 2;
    private const int HeaderBytes = 4;
    private const int EntryBytes = 8;

    /// <summary>The text with accounts as numbers, which mean the same wherever the archive is unpacked as the backup; null when the bytes are no such list.</summary>
    public static string? Of(ReadOnlySpan<byte> attribute)
    {
        if (attribute.Length < HeaderBytes || (attribute.Length - HeaderBytes) % EntryBytes != 0 || BinaryPrimitives.ReadUInt32LittleEndian(attribute) != Version) return null;
        List<string> entries = [];
        for (attribute = attribute[HeaderBytes..]; !attribute.IsEmpty; attribute = attribute[EntryBytes..])
        {
            var rights = BinaryPrimitives.ReadUInt16LittleEndian(attribute[2..]);
            var id = BinaryPrimitives.ReadUInt32LittleEndian(attribute[4..]).ToString(CultureInfo.InvariantCulture);
            string? who = BinaryPrimitives.ReadUInt16LittleEndian(attribute) switch
            {
                0x01 => "user:",
                0x02 => "user:" + id,
                0x04 => "group:",
                0x08 => "group:" + id,
                0x10 => "mask:",
                0x20 => "other:",
                _ => null,
            };
            if (who is null) return null;
            entries.Add($"{who}:{Right(rights, 4, 'r')}{Right(rights, 2, 'w')}{Right(rights, 1, 'x')}");
        }

        return string.Join(',', entries);
    }

    private static char Right(ushort rights, ushort bit, char letter) => (rights & bit) != 0 ? letter : '-';
}
