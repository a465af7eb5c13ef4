using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Holdfast.Agent.Doors;

/// <summary>Where doors are.</summary>
public static class DoorAddress
{
    /// <summary>The port that a door has unless told otherwise.</summary>
    public const int DefaultPort = 7400;

    /// <summary>Where the door of a cluster of one machine is, which is shown to nobody else.</summary>
    public static readonly string Local = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{DefaultPort}");

    /// <summary>An address as URLs have it: of IPv6 in brackets.</summary>
    public static string HostOf(string address) => IPAddress.TryParse(address, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address;

    /// <summary>Where the door of a node is.</summary>
    public static string Of(string address) => string.Create(CultureInfo.InvariantCulture, $"https://{HostOf(address)}:{DefaultPort}");
}
