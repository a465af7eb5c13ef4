using System.Buffers.Binary;
using System.Net;

namespace Holdfast.Agent.Resources.Addresses;

/// <summary>ARP for IPv4 over Ethernet (RFC 826), as far as address conflict detection (RFC 5227) needs it.</summary>
internal static class ArpMessage
{
    public const int Length = 28;

    /// <summary>Builds a probe: a request with no sender address, which changes nobody's cache (RFC 5227 section 2.1.1).</summary>
    public static byte[] Probe(IPAddress target, ReadOnlySpan<byte> ownHardware)
    {
        var message = new byte[Length];
        BinaryPrimitives.WriteUInt16BigEndian(message, 1); // Ethernet
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(2), 0x0800);
        (message[4], message[5]) = (6, 4);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(6), 1); // request
        ownHardware.CopyTo(message.AsSpan(8, 6));
        target.GetAddressBytes().CopyTo(message.AsSpan(24));
        return message;
    }

    /// <summary>
    /// Reads who else has <paramref name="target"/>: any ARP packet from it. Null when the packet says nothing of the kind.
    /// Another's probe, a conflict by RFC 5227 section 2.1.1, is none here: every possible owner asks when a role is applied,
    /// all at the same time, and only one of them will ever be given the role.
    /// </summary>
    public static byte[]? ReadOtherHolder(ReadOnlySpan<byte> message, IPAddress target, ReadOnlySpan<byte> ownHardware)
    {
        if (message.Length < Length || message[4] != 6 || message[5] != 4 || BinaryPrimitives.ReadUInt16BigEndian(message[2..]) != 0x0800) return null;

        var senderHardware = message.Slice(8, 6);
        var sender = message.Slice(14, 4);
        Span<byte> wanted = stackalloc byte[4];
        target.TryWriteBytes(wanted, out _);
        if (senderHardware.SequenceEqual(ownHardware)) return null;

        var isFromHolder = sender.SequenceEqual(wanted);
        return isFromHolder ? senderHardware.ToArray() : null;
    }
}
