using System.Buffers.Binary;
using System.Numerics;
using System.Text;
using Holdfast.Leash.Protocol;

namespace Holdfast.Agent.Resources.Disks;

/// <summary>Whether the owner that wrote a claim still has the disk.</summary>
internal enum ClaimState : byte
{
    /// <summary>It mounted the disk, and was not seen to finish.</summary>
    Claimed = 1,

    /// <summary>It unmounted the disk.</summary>
    Released = 2,
}

/// <summary>
/// Who had a disk last, written on the disk itself: bytes 512 to 1023, which ext2, ext3 and ext4 leave to boot loaders.
/// A node that wakes up late and still believes to be the owner reads a newer epoch here and leaves the disk alone.
/// </summary>
/// <remarks>
/// A second line of defence behind lease and leash, not a fence: a stale owner whose kernel still writes back the block
/// around its superblock writes its own, older claim too. An older claim is no reason to refuse anything, so this can
/// weaken the check but never lock anybody out.
/// Layout, little-endian: magic "HOLDFAST", u16 version 1, u8 state, u8 0, i32 generation, i64 number of the epoch, role and
/// node (64 bytes each, zero-padded), zeros, u32 CRC-32C of the first 508 bytes.
/// </remarks>
internal sealed record DiskClaim(string Role, RoleEpoch Epoch, string Node, ClaimState State)
{
    public const int Offset = 512;
    public const int Length = 512;

    private const ushort Version = 1;
    private const int NameLength = 64;
    private const int ChecksumOffset = Length - sizeof(uint);

    private static ReadOnlySpan<byte> Magic => "HOLDFAST"u8;

    public byte[] Encode()
    {
        var record = new byte[Length];
        Magic.CopyTo(record);
        BinaryPrimitives.WriteUInt16LittleEndian(record.AsSpan(8), Version);
        record[10] = (byte)State;
        BinaryPrimitives.WriteInt32LittleEndian(record.AsSpan(12), Epoch.Generation);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(16), Epoch.Number);
        Encoding.ASCII.GetBytes(Role, record.AsSpan(24, NameLength)); // Names are at most 63 characters of a-z, 0-9 and '-'.
        Encoding.ASCII.GetBytes(Node, record.AsSpan(24 + NameLength, NameLength));
        BinaryPrimitives.WriteUInt32LittleEndian(record.AsSpan(ChecksumOffset), Checksum(record));
        return record;
    }

    /// <summary>Reads the area: a claim, nothing (all zero, or a claim that was torn), or something that is not ours.</summary>
    public static ClaimArea Read(ReadOnlySpan<byte> area)
    {
        area = area[..Length];
        if (area.IndexOfAnyExcept((byte)0) < 0) return new ClaimArea.Empty();
        if (!area.StartsWith(Magic) || BinaryPrimitives.ReadUInt16LittleEndian(area[8..]) != Version) return new ClaimArea.Foreign();
        if (BinaryPrimitives.ReadUInt32LittleEndian(area[ChecksumOffset..]) != Checksum(area)) return new ClaimArea.Empty();

        return new ClaimArea.Held(new DiskClaim(
            Name(area.Slice(24, NameLength)),
            new RoleEpoch(BinaryPrimitives.ReadInt32LittleEndian(area[12..]), BinaryPrimitives.ReadInt64LittleEndian(area[16..])),
            Name(area.Slice(24 + NameLength, NameLength)),
            (ClaimState)area[10]));
    }

    private static string Name(ReadOnlySpan<byte> padded) => Encoding.ASCII.GetString(padded[..(padded.IndexOf((byte)0) is var end and >= 0 ? end : padded.Length)]);

    private static uint Checksum(ReadOnlySpan<byte> record)
    {
        var sum = uint.MaxValue;
        foreach (var part in record[..ChecksumOffset]) sum = BitOperations.Crc32C(sum, part);
        return ~sum;
    }
}

/// <summary>What the claim area of a disk holds.</summary>
internal abstract record ClaimArea
{
    private ClaimArea()
    {
    }

    /// <summary>Nothing, or what cannot be read: free to write.</summary>
    public sealed record Empty : ClaimArea;

    /// <summary>A boot loader or something else; never written over.</summary>
    public sealed record Foreign : ClaimArea;

    /// <summary>A claim.</summary>
    public sealed record Held(DiskClaim Claim) : ClaimArea;
}
