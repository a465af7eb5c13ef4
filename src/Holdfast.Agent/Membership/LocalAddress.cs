using System.Net;
using System.Net.NetworkInformation;
using Holdfast.Cluster;

namespace Holdfast.Agent.Membership;

/// <summary>The address that other nodes shall reach this one at.</summary>
internal static class LocalAddress
{
    /// <summary>Requires an address that an interface of this machine has and that other machines can reach.</summary>
    /// <exception cref="HoldfastException">Codes <c>address.invalid</c>, <c>address.not-local</c>.</exception>
    public static void Require(string address)
    {
        var own = NetworkInterface.GetAllNetworkInterfaces().SelectMany(card => card.GetIPProperties().UnicastAddresses).Select(a => a.Address)
            .Where(a => !IPAddress.IsLoopback(a) && !a.IsIPv6LinkLocal).ToList();
        var choices = own.Count > 0 ? $"This machine has {string.Join(", ", own)}." : "This machine has no address but loopback: give an interface one first.";
        if (!IPAddress.TryParse(address, out var parsed))
            throw new HoldfastException(ErrorKind.Invalid, "address.invalid", $"'{address}' is not an IP address.", choices);
        if (!own.Contains(parsed))
            throw new HoldfastException(ErrorKind.Invalid, "address.not-local", $"No interface of this machine has the address {address}.", choices);
    }
}
