using System.Buffers.Binary;
using System.Net;

namespace Holdfast.Agent.Resources.Addresses;

/// <summary>IPv6 neighbour discovery (RFC 4861), as far as duplicate address detection (RFC 4862 section 5.4) needs it.</summary>
internal static class NeighbourMessage
{
    private const int HeaderLength = 40;
    private const byte IcmpVersion6 = 58;
    private const byte Solicitation = 135;
    private const byte Advertisement = 136;

    /// <summary>Builds a solicitation from the unspecified address, as a whole IPv6 packet.</summary>
    public static byte[] Probe(IPAddress target)
    {
        var packet = new byte[HeaderLength + 24];
        packet[0] = 0x60;
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(4), 24);
        (packet[6], packet[7]) = (IcmpVersion6, 255); // A hop limit of 255 proves to the receiver that it was not routed.
        SolicitedNodeGroup(target).CopyTo(packet.AsSpan(24));
        packet[HeaderLength] = Solicitation;
        target.GetAddressBytes().CopyTo(packet.AsSpan(HeaderLength + 8));
        BinaryPrimitives.WriteUInt16BigEndian(packet.AsSpan(HeaderLength + 2), Checksum(packet));
        return packet;
    }

    /// <summary>The Ethernet multicast address that the probe is sent to: 33:33 and the last four bytes of the group.</summary>
    public static byte[] HardwareGroup(IPAddress target) => [0x33, 0x33, .. SolicitedNodeGroup(target)[12..]];

    /// <summary>Whether the packet says that somebody else has the address and advertises it; for probes of others see <see cref="ArpMessage.ReadOtherHolder"/>.</summary>
    public static bool IsFromOtherHolder(ReadOnlySpan<byte> packet, IPAddress target)
    {
        if (packet.Length < HeaderLength + 24 || packet[6] != IcmpVersion6 || packet[7] != 255) return false;

        var type = packet[HeaderLength];
        var subject = packet.Slice(HeaderLength + 8, 16);
        if (!subject.SequenceEqual(target.GetAddressBytes())) return false;

        return type == Advertisement;
    }

    private static byte[] SolicitedNodeGroup(IPAddress target) => [0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, .. target.GetAddressBytes()[13..]];

    private static ushort Checksum(ReadOnlySpan<byte> packet)
    {
        // The pseudo header: both addresses, the length and the next header (RFC 8200 section 8.1).
        uint sum = (uint)(packet.Length - HeaderLength) + IcmpVersion6;
        for (var i = 8; i < packet.Length; i += 2) sum += BinaryPrimitives.ReadUInt16BigEndian(packet[i..]);
        while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
        return (ushort)~sum;
    }
}
