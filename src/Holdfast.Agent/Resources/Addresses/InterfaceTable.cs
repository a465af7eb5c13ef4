using System.Net;
using System.Net.NetworkInformation;

namespace Holdfast.Agent.Resources.Addresses;

/// <summary>A network interface as it is now.</summary>
internal sealed record InterfaceState(string Name, int Index, bool IsUp, bool IsLoopback, byte[] HardwareAddress, IReadOnlyList<IPAddress> Addresses);

/// <summary>The interfaces of this node, from the kernel. Only looks.</summary>
internal static class InterfaceTable
{
    public static IReadOnlyList<InterfaceState> Read() => [.. NetworkInterface.GetAllNetworkInterfaces().Select(Describe)];

    /// <summary>Finds the interface that an address belongs on: the one named, else the one that has another address in the same subnet.</summary>
    public static InterfaceState? FindFor(IpPrefix prefix, string? name, IReadOnlyList<InterfaceState> interfaces) =>
        name is not null
            ? interfaces.FirstOrDefault(candidate => candidate.Name == name)
            : interfaces.Where(candidate => candidate.Addresses.Any(address => !address.Equals(prefix.Address) && prefix.IsSameSubnet(address)))
                .OrderByDescending(candidate => candidate.IsUp).ThenBy(candidate => candidate.Index).FirstOrDefault();

    /// <summary>Finds the interface that has the address already.</summary>
    public static InterfaceState? FindHolder(IPAddress address, IReadOnlyList<InterfaceState> interfaces) =>
        interfaces.FirstOrDefault(candidate => candidate.Addresses.Contains(address));

    private static InterfaceState Describe(NetworkInterface nic)
    {
        var properties = nic.GetIPProperties();
        return new InterfaceState(
            nic.Name,
            IndexOf(nic.Name),
            // Unknown is what interfaces say that cannot tell (bridges without ports tell Down, a tunnel tells Unknown).
            nic.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown,
            nic.NetworkInterfaceType == NetworkInterfaceType.Loopback,
            nic.GetPhysicalAddress().GetAddressBytes(),
            [.. properties.UnicastAddresses.Select(unicast => WithoutScope(unicast.Address))]);
    }

    private static IPAddress WithoutScope(IPAddress address) => address.IsIPv6LinkLocal ? new IPAddress(address.GetAddressBytes()) : address;

    private static int IndexOf(string name) => (int)PacketSocket.if_nametoindex(name);
}
