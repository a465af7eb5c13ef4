using Holdfast.Leash.Native;

namespace Holdfast.Leash.Addresses;

/// <summary>Tells the neighbours where an address now is: gratuitous ARP in both forms (RFC 5227), unsolicited neighbour advertisement (RFC 4861, 7.2.6).</summary>
internal static unsafe class Announcer
{
    /// <summary>Sends one announcement. Interfaces without neighbours (loopback, tunnels) are passed over.</summary>
    public static void Announce(InterfaceAddress address)
    {
        if (HardwareAddress(address.Interface) is not { } hardware) return;
        if (address.IsIPv6) Advertise(address, hardware);
        else SendArp(address, hardware);
    }

    private static byte[]? HardwareAddress(string name)
    {
        try
        {
            if (File.ReadAllText($"/sys/class/net/{name}/type").Trim() != "1") return null; // ARPHRD_ETHER
            return Convert.FromHexString(File.ReadAllText($"/sys/class/net/{name}/address").Trim().Replace(":", ""));
        }
        catch (IOException)
        {
            return FromKernel(name);
        }
    }

    /// <summary>/sys shows the network namespace that it was mounted in, which need not be ours; the socket call always asks our own.</summary>
    private static byte[]? FromKernel(string name)
    {
        var request = stackalloc byte[40];
        new Span<byte>(request, 40).Clear();
        System.Text.Encoding.ASCII.GetBytes(name.AsSpan(0, Math.Min(name.Length, 15)), new Span<byte>(request, 15));
        var socket = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        var result = Libc.ioctl(socket, 0x8927 /* SIOCGIFHWADDR */, request);
        Libc.close(socket);
        return result == 0 && *(ushort*)(request + 16) == 1 ? new Span<byte>(request + 18, 6).ToArray() : null;
    }

    private static void SendArp(InterfaceAddress address, byte[] hardware)
    {
        var socket = Libc.socket(Libc.AF_PACKET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0x0608); // htons(ETH_P_ARP)
        if (socket < 0) return;
        Span<byte> packet = stackalloc byte[28];
        Span<byte> target = stackalloc byte[20]; // struct sockaddr_ll
        target.Clear();
        target[0] = Libc.AF_PACKET;
        target[2] = 0x08;
        target[3] = 0x06;
        BitConverter.TryWriteBytes(target[4..], address.Index);
        target[11] = 6;
        target.Slice(12, 6).Fill(0xff);
        for (byte operation = 1; operation <= 2; operation++) // Some equipment believes only requests, some only replies.
        {
            packet.Clear();
            ReadOnlySpan<byte> head = [0, 1, 8, 0, 6, 4, 0, operation];
            head.CopyTo(packet);
            hardware.CopyTo(packet[8..]);
            address.Bytes.CopyTo(packet[14..]);
            if (operation == 2) hardware.CopyTo(packet[18..]);
            address.Bytes.CopyTo(packet[24..]);
            fixed (byte* bytes = packet, to = target) Libc.sendto(socket, bytes, 28, Libc.MSG_DONTWAIT, to, 20);
        }

        Libc.close(socket);
    }

    private static void Advertise(InterfaceAddress address, byte[] hardware)
    {
        var socket = Libc.socket(Libc.AF_INET6, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, 58);
        if (socket < 0) return;
        var (hops, index) = (255, address.Index);
        Libc.setsockopt(socket, 41, 18 /* IPV6_MULTICAST_HOPS */, &hops, 4);
        Libc.setsockopt(socket, 41, 17 /* IPV6_MULTICAST_IF */, &index, 4);
        Span<byte> source = stackalloc byte[28]; // struct sockaddr_in6
        source.Clear();
        source[0] = Libc.AF_INET6;
        address.Bytes.CopyTo(source[8..]);
        Span<byte> target = stackalloc byte[28];
        target.Clear();
        target[0] = Libc.AF_INET6;
        (target[8], target[9], target[23]) = (0xff, 0x02, 0x01); // All nodes of the link.
        BitConverter.TryWriteBytes(target[24..], address.Index);
        Span<byte> packet = stackalloc byte[32];
        packet.Clear();
        packet[0] = 136;
        packet[4] = 0x20; // Override what neighbours remember.
        address.Bytes.CopyTo(packet[8..]);
        packet[24] = 2;
        packet[25] = 1;
        hardware.CopyTo(packet[26..]);
        fixed (byte* from = source, to = target, bytes = packet)
        {
            Libc.bind(socket, from, 28);
            Libc.sendto(socket, bytes, 32, Libc.MSG_DONTWAIT, to, 28);
        }

        Libc.close(socket);
    }
}
