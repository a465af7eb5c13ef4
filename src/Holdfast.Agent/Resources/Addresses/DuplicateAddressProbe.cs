using System.Net;

namespace Holdfast.Agent.Resources.Addresses;

/// <summary>Asks the network whether somebody else has an address, before this node takes it. Claims nothing: nobody's cache changes.</summary>
internal static class DuplicateAddressProbe
{
    private static readonly byte[] Broadcast = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff];

    /// <summary>Asks and listens for <paramref name="limit"/>; returns the hardware address that answered, or null.</summary>
    /// <remarks>
    /// RFC 5227 waits up to 7 s in all, for networks on which hosts wake up slowly; a takeover cannot. Machines of one
    /// switch answer within a millisecond, and an address is announced again and again after it was taken.
    /// </remarks>
    public static Task<string?> AskAsync(IpPrefix prefix, InterfaceState nic, TimeSpan limit) =>
        limit <= TimeSpan.Zero || nic.IsLoopback || nic.HardwareAddress.Length != 6
            ? Task.FromResult<string?>(null)
            : Task.Factory.StartNew(() => Ask(prefix.Address, nic, limit), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    internal static string? Ask(IPAddress target, InterfaceState nic, TimeSpan limit)
    {
        var isVersion6 = target.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        using var socket = PacketSocket.Open(isVersion6 ? PacketSocket.Version6 : PacketSocket.Arp, nic.Index);
        var (probe, destination) = isVersion6
            ? (NeighbourMessage.Probe(target), NeighbourMessage.HardwareGroup(target))
            : (ArpMessage.Probe(target, nic.HardwareAddress), Broadcast);

        var packet = new byte[1600];
        foreach (var _ in (ReadOnlySpan<int>)[1, 2]) // Twice: one lost frame must not hide a holder.
        {
            socket.Send(probe, destination);
            var asked = System.Diagnostics.Stopwatch.GetTimestamp();
            TimeSpan left;
            while ((left = (limit / 2) - System.Diagnostics.Stopwatch.GetElapsedTime(asked)) > TimeSpan.Zero
                && socket.TryReceive(packet, left, out var length, out var sender))
            {
                var holder = isVersion6
                    ? (NeighbourMessage.IsFromOtherHolder(packet.AsSpan(0, length), target) && !sender.AsSpan().SequenceEqual(nic.HardwareAddress) ? sender : null)
                    : ArpMessage.ReadOtherHolder(packet.AsSpan(0, length), target, nic.HardwareAddress);
                if (holder is not null) return string.Join(':', holder.Select(part => part.ToString("x2", System.Globalization.CultureInfo.InvariantCulture)));
            }
        }

        return null;
    }
}
